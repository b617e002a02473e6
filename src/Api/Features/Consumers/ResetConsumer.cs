using EventMesh.Api.Consumers;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Consumers;

/// <summary>Puts a consumer elsewhere in the feed, forward or back; whoever was reading is told when they acknowledge.</summary>
public static class ResetConsumer
{
    /// <param name="To"><c>beginning</c>, <c>now</c>, a position, or a time.</param>
    public sealed record Request(string? To);

    public static void Map(RouteGroupBuilder consumers) => consumers.MapPost("/{name}/reset", Handle)
        .Needs(Permission.WriteConsumers).WithName("resetConsumer").WithSummary("Put a consumer elsewhere in the feed").Produces<ConsumerView>().WithProblem(StatusCodes.Status409Conflict);

    private static async Task<ConsumerView> Handle(string name, Body<Request> body, Call call, Store store, ConsumerPositions positions, HttpContext context)
    {
        var stop = context.RequestAborted;
        var checks = new Checks();
        var place = ConsumerFields.Place(body.Value.To, "to", checks);
        checks.Done();
        var consumer = await StandingConsumer.Find(name, call, store, positions, stop);
        var workspace = store.For(call.Workspace.Id);
        var reset = new ConsumerCommand.ResetConsumer(ConsumerFields.Text(consumer.Position), ConsumerFields.Text(await ConsumerFields.StartOf(place, workspace, stop)), call.Now);
        var decided = await workspace.Decide<Consumer, ConsumerEvent>(
            StandingConsumer.StreamOf(name), StandingConsumer.StreamType, Consumer.Initial, Consumer.Evolve, s => ConsumerDecider.Decide(reset, s), call.Metadata(), null, stop);
        await positions.Seen(call.Workspace.Id, name, ((Consumer.Existing)decided.State).Generation, call.Now, stop);
        return (await ConsumerView.Of([await StandingConsumer.Find(name, call, store, positions, stop)], call, positions, stop))[0];
    }
}
