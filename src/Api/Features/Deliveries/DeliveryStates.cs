using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Api.Features.Deliveries;

/// <summary>What deliveries are, from their streams. A delivery without one waits for its first attempt.</summary>
public static class DeliveryStates
{
    /// <summary>In the order of <paramref name="deliveries"/>, in one round trip.</summary>
    public static async Task<(DeliveryState State, IReadOnlyList<DeliveryEvent> Happened)[]> Of(
        Store store, WorkspaceStore workspace, IReadOnlyList<string> deliveries, CancellationToken stop)
    {
        if (deliveries.Count == 0) return [];
        var streams = (await workspace.ReadStreams(deliveries, stop)).ToDictionary(s => s.Id, StringComparer.Ordinal);
        return [.. deliveries.Select(id =>
        {
            DeliveryEvent[] happened = streams.TryGetValue(id, out var stream) ? [.. stream.Events.Select(e => (DeliveryEvent)store.Types.Read(e))] : [];
            return (happened.Aggregate(DeliveryState.Initial, DeliveryState.Evolve), (IReadOnlyList<DeliveryEvent>)happened);
        })];
    }

    public static string Name(DeliveryState delivery) => delivery switch
    {
        DeliveryState.Scheduled => "scheduled",
        DeliveryState.Retrying => "retrying",
        DeliveryState.Delivered => "delivered",
        DeliveryState.DeadLettered => "dead_lettered",
        DeliveryState.Discarded => "discarded",
        _ => throw new InvalidOperationException($"No name for {delivery.GetType().Name}."),
    };
}
