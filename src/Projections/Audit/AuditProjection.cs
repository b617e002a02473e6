using EventMesh.Projections.Running;

namespace EventMesh.Projections.Audit;

/// <summary>The read model <c>audit</c>: one narrow row for every event, of whatever type, to find it by.</summary>
public static class AuditProjection
{
    public const string Name = "audit";

    public static readonly Projection Projection = new(Name, null, () => new AuditFold())
    {
        PositionsOnly = true,
        // Whoever reads an audit waits a moment; rows that are written together cost much less than each by itself.
        Apart = TimeSpan.FromMilliseconds(200),
    };
}
