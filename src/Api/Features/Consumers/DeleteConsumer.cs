using EventMesh.Api.Consumers;
using EventMesh.Api.Edge;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Consumers;

public static class DeleteConsumer
{
    public static void Map(RouteGroupBuilder consumers) => consumers.MapDelete("/{name}", Handle)
        .Needs(Permission.WriteConsumers).WithName("deleteConsumer").WithSummary("Delete a consumer and forget its position");

    private static async Task<Microsoft.AspNetCore.Http.HttpResults.NoContent> Handle(string name, Call call, Store store, ConsumerPositions positions, HttpContext context)
    {
        var stop = context.RequestAborted;
        if (!Consumer.IsName(name)) throw ProblemAnswer.Missing(StandingConsumer.Missing);
        call.Subject = StandingConsumer.StreamOf(name);
        var decided = await store.For(call.Workspace.Id).Decide<Consumer, ConsumerEvent>(
            StandingConsumer.StreamOf(name), StandingConsumer.StreamType, Consumer.Initial, Consumer.Evolve, s => ConsumerDecider.Decide(new ConsumerCommand.DeleteConsumer(call.Now), s), call.Metadata(), null, stop);
        await positions.Forget(call.Workspace.Id, name, ((Consumer.Deleted)decided.State).Generation, stop);
        return TypedResults.NoContent();
    }
}
