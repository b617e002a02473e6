using EventMesh.Projections.Running;

namespace EventMesh.Projections.Usage;

/// <summary>The read model <c>usage</c>: what each workspace used in each month.</summary>
public static class UsageProjection
{
    public const string Name = "usage";

    public static readonly Projection Projection = new(
        Name, ["event_published", "event_routed", "delivery_succeeded", "delivery_attempt_failed", "limit_exceeded"], () => new UsageFold())
    {
        // Nobody waits for a count, and a few rows take in what all events say.
        Apart = TimeSpan.FromMilliseconds(250),
    };
}
