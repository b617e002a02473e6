using System.Diagnostics.Metrics;

namespace EventMesh.Api.Edge;

/// <summary>What the edge counts. Requests and their durations are counted by ASP.NET Core itself.</summary>
internal static class EdgeTelemetry
{
    private static readonly Meter Meter = new("EventMesh.Api");

    public static readonly Counter<long> Accepted = Meter.CreateCounter<long>("eventmesh.events.accepted", "{event}", "Published events that were stored");
    public static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("eventmesh.events.duplicates", "{event}", "Published events that were there already");
}
