using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery;

/// <summary>Spans and metrics of what moves. The trace of the publishing request goes on in each, carried by the stored events.</summary>
internal static class Telemetry
{
    private static readonly ActivitySource Source = new("EventMesh.Delivery");
    private static readonly Meter Meter = new("EventMesh.Delivery");

    public static readonly Counter<long> Attempts = Meter.CreateCounter<long>("eventmesh.delivery.attempts", "{attempt}", "Attempts made, by outcome");
    public static readonly Histogram<double> AttemptDuration = Meter.CreateHistogram<double>("eventmesh.delivery.attempt.duration", "ms", "How long an attempt took");
    public static readonly Counter<long> SetAside = Meter.CreateCounter<long>("eventmesh.delivery.set_aside", "{attempt}", "Attempts put off because their connection is slow");

    /// <summary>A span inside the trace of <paramref name="traceParent"/>; null when nobody listens.</summary>
    public static Activity? Start(string name, string? traceParent, ConfiguredWorkspace workspace, ActivityKind kind = ActivityKind.Internal)
    {
        var parent = ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;
        var span = Source.StartActivity(name, kind, parent);
        span?.SetTag("tenant_id", workspace.Id).SetTag("environment", workspace.Environment).SetTag("actor", "eventmesh");
        return span;
    }
}
