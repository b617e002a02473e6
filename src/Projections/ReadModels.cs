using EventMesh.Projections.Audit;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Projections.Usage;

namespace EventMesh.Projections;

/// <summary>Every read model that follows the feed: what runs, what is listed, and what can be rebuilt.</summary>
public static class ReadModels
{
    public static readonly IReadOnlyList<Projection> All = [DeliveriesProjection.Projection, UsageProjection.Projection, AuditProjection.Projection];

    /// <summary>Null when there is none of this name.</summary>
    public static Projection? Find(string name) => All.FirstOrDefault(p => p.Name == name);
}
