using EventMesh.Api.Consumers;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Consumers;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Consumers;

public static class ReadConsumers
{
    public static void Map(RouteGroupBuilder consumers)
    {
        consumers.MapGet("", List).Needs(Permission.ReadHistory).WithPages().WithName("listConsumers").WithSummary("List the named consumers with their positions and lags");
        consumers.MapGet("/{name}", One).Needs(Permission.ReadHistory).WithName("getConsumer").WithSummary("Read a named consumer: its position, and how much follows it");
    }

    private static async Task<Listed<ConsumerView>> List(Page page, Call call, Store store, ConsumerPositions positions, HttpContext context)
    {
        var stop = context.RequestAborted;
        var found = await Streams.List<Consumer, ConsumerEvent, Consumer.Existing>(
            store, call.Workspace.Id, StandingConsumer.StreamPrefix, page, Consumer.Initial, Consumer.Evolve, (_, _, state) => state as Consumer.Existing, stop);
        var noted = await positions.Read(call.Workspace.Id, null, stop);
        var listed = page.Of(found, c => StandingConsumer.StreamOf(c.Created.Name));
        return new(await ConsumerView.Of([.. listed.Items.Select(c => StandingConsumer.Of(c, noted.GetValueOrDefault(c.Created.Name)))], call, positions, stop), listed.Next);
    }

    private static async Task<ConsumerView> One(string name, Call call, Store store, ConsumerPositions positions, HttpContext context) =>
        (await ConsumerView.Of([await StandingConsumer.Find(name, call, store, positions, context.RequestAborted)], call, positions, context.RequestAborted))[0];
}
