using EventMesh.Api.Consumers;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Consumers;

/// <summary>Gives a name a place in the feed. The same again changes nothing.</summary>
public static class CreateConsumer
{
    public static void Map(RouteGroupBuilder consumers) => consumers.MapPut("/{name}", Handle)
        .Needs(Permission.WriteConsumers).WithName("createConsumer").WithSummary("Create a named consumer of the feed")
        .WithDescription("The platform keeps its position. The same request again changes nothing; one that asks for something else under the same name is refused.")
        .Produces<ConsumerView>(StatusCodes.Status200OK).Produces<ConsumerView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string name, Body<ConsumerFields> body, Call call, Store store, ConsumerPositions positions, HttpContext context)
    {
        var stop = context.RequestAborted;
        var create = await body.Value.Validated(name, call, store, stop);
        var workspace = store.For(call.Workspace.Id);
        call.Subject = StandingConsumer.StreamOf(name);
        var created = await workspace.Counted(StandingConsumer.StreamPrefix, "consumer_deleted", async _ =>
        {
            // Of the table, for a name that was deleted may be given again.
            var count = await positions.Count(call.Workspace.Id, stop);
            var decided = await workspace.Decide<Consumer, ConsumerEvent>(
                StandingConsumer.StreamOf(name), StandingConsumer.StreamType, Consumer.Initial, Consumer.Evolve, s => Decide(create, s, count), call.Metadata(), null, stop);
            await positions.Seen(call.Workspace.Id, name, ((Consumer.Existing)decided.State).Generation, call.Now, stop);
            return decided;
        }, stop);
        var existing = (Consumer.Existing)created.State;
        var noted = (await positions.Read(call.Workspace.Id, name, stop)).GetValueOrDefault(name);
        var view = (await ConsumerView.Of([StandingConsumer.Of(existing, noted)], call, positions, stop))[0];
        return created.Happened.Count == 0 ? Results.Ok(view) : Results.Created($"/v1/workspaces/{call.Workspace.Id}/consumers/{name}", view);
    }

    private static ConsumerEvent[] Decide(ConsumerCommand.CreateConsumer create, Consumer state, long count) =>
        state is Consumer.Existing || count < Consumer.ConsumersMax ? ConsumerDecider.Decide(create, state)
        : throw Problem.LimitReached.With($"A workspace has at most {Consumer.ConsumersMax} consumers. Delete one first.");
}
