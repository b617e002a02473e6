using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Deliveries;
using EventMesh.Delivery.Ordering;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using Microsoft.OpenApi;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Ordering;

/// <summary>What somebody may decide about the head of a line: give it up, so that the next goes; or send it again now.</summary>
public static class UnblockLine
{
    private const string Missing = "No delivery waits in such a line.";

    public sealed record Response(string Line, string Delivery, string Status);

    public static void Map(RouteGroupBuilder ordering)
    {
        Add(ordering, "skip", (of, now) => new DeliveryCommand.SkipDelivery(of, now)).WithName("skipLineHead").WithSummary("Discard the delivery that a line waits for; the next follows");
        Add(ordering, "retry", (of, now) => new DeliveryCommand.RetryDelivery(of, now)).WithName("retryLineHead").WithSummary("Send the delivery that a line waits for again, now");
    }

    private static RouteHandlerBuilder Add(RouteGroupBuilder ordering, string verb, Func<DeliveryTarget, DateTimeOffset, DeliveryCommand> command) =>
        ordering.MapPost("/{line}/" + verb, (string line, Call call, Store store, TimeProvider clock, HttpContext context) => Handle(line, call, store, clock, command, context))
            .Needs(Permission.RetryDeliveries)
            .WithQuery("delivery", JsonSchemaType.String, "The delivery that was seen at its head; 409 when the line has gone on since.")
            .Produces<Response>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(
        string line, Call call, Store store, TimeProvider clock, Func<DeliveryTarget, DateTimeOffset, DeliveryCommand> command, HttpContext context)
    {
        Streams.Named(call, line, "lin_", Missing);
        var workspace = store.For(call.Workspace.Id);
        var stands = await LinesQuery.Find(workspace, line, context.RequestAborted) ?? throw ProblemAnswer.Missing(Missing);
        var found = (await FirstInLine.Of(store, workspace, [stands], context.RequestAborted)).FirstOrDefault()?.Line ?? throw ProblemAnswer.Missing(Missing);
        var seen = context.Request.Query["delivery"].ToString();
        if (seen.Length > 0 && seen != found.Delivery) throw Problem.Conflict.With($"The line has gone on: it waits for {found.Delivery} now.");
        var decided = await workspace.Decide<DeliveryState, DeliveryEvent>(
            found.Delivery, "delivery", DeliveryState.Initial, DeliveryState.Evolve, s => Decide(command(found.Of, clock.GetUtcNow()), s),
            call.Metadata(found.Of.Event), null, context.RequestAborted);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/deliveries/{found.Delivery}", new Response(line, found.Delivery, DeliveryStates.Name(decided.State)));
    }

    // What came to its end since it was seen in its line is not sent again from here: it would come after newer ones of its key.
    private static DeliveryEvent[] Decide(DeliveryCommand command, DeliveryState state) => (command, state) switch
    {
        (_, DeliveryState.Delivered) or (DeliveryCommand.RetryDelivery, DeliveryState.Discarded) =>
            throw Problem.Conflict.With($"The line has gone on: what it waited for is {DeliveryStates.Name(state)}."),
        _ => DeliveryDecider.Decide(command, state),
    };
}
