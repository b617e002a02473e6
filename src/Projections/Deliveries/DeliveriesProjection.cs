using EventMesh.Projections.Running;

namespace EventMesh.Projections.Deliveries;

/// <summary>The read model <c>deliveries</c>: one row a delivery, as it stands now.</summary>
public static class DeliveriesProjection
{
    public const string Name = "deliveries";

    public static readonly Projection Projection = new(
        Name,
        ["event_routed", "delivery_succeeded", "delivery_attempt_failed", "delivery_dead_lettered", "delivery_discarded", "delivery_retry_requested"],
        () => new DeliveriesFold());
}
