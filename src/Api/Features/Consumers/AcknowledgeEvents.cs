using EventMesh.Api.Consumers;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Consumers;

/// <summary>Moves a consumer forward over what its reader has dealt with.</summary>
public static class AcknowledgeEvents
{
    /// <param name="Position">Everything up to here is dealt with.</param>
    /// <param name="After">Where the reader found the consumer: what it answered as <c>Consumer-Position</c>.</param>
    public sealed record Request(string? Position, string? After);

    public static void Map(RouteGroupBuilder consumers) => consumers.MapPost("/{name}/position", Handle)
        .Needs(Permission.WriteConsumers).WithName("acknowledgeEvents").WithSummary("Acknowledge events: move a consumer forward")
        .WithDescription("Only forward, and only from where the reader found it: of two that read the same events one is told 409. The same again changes nothing.")
        .Produces<ConsumerView>().WithProblem(StatusCodes.Status409Conflict);

    private static async Task<ConsumerView> Handle(string name, Body<Request> body, Call call, Store store, ConsumerPositions positions, HttpContext context)
    {
        var stop = context.RequestAborted;
        var checks = new Checks();
        var (to, from) = (At(body.Value.Position, "position", checks), At(body.Value.After, "after", checks));
        checks.That(from <= to, "position", "lies before after; a consumer moves forward, and is reset to go back");
        checks.Done();
        var consumer = await StandingConsumer.Find(name, call, store, positions, stop);
        if (consumer.Position != to)
        {
            if (consumer.Position != from) throw Elsewhere(consumer.Position);
            await FeedRange.Check(store.For(call.Workspace.Id), to, null, stop);
            if (!await positions.Move(call.Workspace.Id, name, consumer.State.Generation, from, consumer.AtStart, to, call.Now, stop)
                && (consumer = await StandingConsumer.Find(name, call, store, positions, stop)).Position != to) throw Elsewhere(consumer.Position);
        }
        return (await ConsumerView.Of([await StandingConsumer.Find(name, call, store, positions, stop)], call, positions, stop))[0];
    }

    private static ProblemException Elsewhere(Position position) => Problem.Conflict.With(
        $"The consumer stands at {ConsumerFields.Text(position)}: it was reset, or another reader has moved it. Read its events again from there.");

    private static Position At(string? text, string field, Checks checks)
    {
        if (text is null) checks.Add(field, "is required");
        else if (text == "0") return Position.Start;
        else if (Position.TryParse(text, out var position)) return position;
        else checks.Add(field, "is not a position that was given here");
        return Position.Start;
    }
}
