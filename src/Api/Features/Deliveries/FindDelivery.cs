using EventMesh.Api.Edge;
using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

/// <summary>One delivery by its id: what became of it from its own stream, what it delivers from there or, before its first attempt, from the read model.</summary>
public sealed class FindDelivery(Store store, IndexFollower index)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public sealed record Found(DeliveryTarget Of, DeliveryState State, IReadOnlyList<DeliveryEvent> Happened);

    /// <exception cref="ProblemException">404.</exception>
    public async Task<Found> Run(string workspace, string id, CancellationToken stop)
    {
        var (state, happened) = (await DeliveryStates.Of(store, store.For(workspace), [id], stop))[0];
        if (happened.Count > 0) return new(happened[0].Of, state, happened);
        var planned = await DeliveriesQuery.Find(store.For(workspace), id, stop) ?? await LookAgain(workspace, id, stop)
            ?? throw ProblemAnswer.Missing(ReadDelivery.Missing);
        return new(new(planned.Event, planned.AcceptedAt, planned.Connection, planned.Rule), state, happened);
    }

    // An event may show a delivery before the read model has taken it in.
    private async Task<DeliveryView?> LookAgain(string workspace, string id, CancellationToken stop)
    {
        await index.Fresh(Patience, stop);
        return await ReadModel.WaitFor(store, DeliveriesProjection.Name, index.UpTo, Patience, stop) ? await DeliveriesQuery.Find(store.For(workspace), id, stop) : null;
    }
}
