using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EventMesh.Projections.Running;

/// <summary>What operators watch of the projections that this process runs.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("EventMesh.Projections");
    private static readonly ConcurrentDictionary<string, ProjectionState> States = new(StringComparer.Ordinal);

    static Telemetry() => Meter.CreateObservableGauge("eventmesh.projection.stopped", Stopped, "{projection}", "1 while a projection of this process stands at an event that it cannot take in");

    public static void Note(string projection, ProjectionState state) => States[projection] = state;

    private static IEnumerable<Measurement<int>> Stopped() =>
        States.Select(s => new Measurement<int>(s.Value == ProjectionState.Stopped ? 1 : 0, new KeyValuePair<string, object?>("projection", s.Key)));
}
