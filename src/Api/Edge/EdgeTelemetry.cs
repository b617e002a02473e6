using System.Diagnostics.Metrics;

namespace EventMesh.Api.Edge;

/// <summary>What the edge counts. Requests and their durations are counted by ASP.NET Core itself.</summary>
internal static class EdgeTelemetry
{
    private static readonly Meter Meter = new("EventMesh.Api");

    public static readonly Counter<long> Accepted = Meter.CreateCounter<long>("eventmesh.events.accepted", "{event}", "Published events that were stored");
    public static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("eventmesh.events.duplicates", "{event}", "Published events that were there already");

    private static readonly Counter<long> InboundAccepted = Meter.CreateCounter<long>("eventmesh.inbound.accepted", "{request}", "Inbound webhooks that were published, or had been");
    private static readonly Counter<long> InboundRefused = Meter.CreateCounter<long>("eventmesh.inbound.refused", "{request}", "Inbound webhooks that were refused, by reason");

    private static readonly Counter<long> AuthenticationRefused = Meter.CreateCounter<long>("eventmesh.authentication.refused", "{request}", "Requests of nobody we know, by what was wrong");

    /// <param name="reason">One of a closed set: <c>missing</c>, <c>wrong</c>, or <c>slowed</c> after too many wrong ones.</param>
    public static void Refused(string reason) => AuthenticationRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <param name="outcome">One of a closed set: accepted, duplicate, unknown_token, or the name of a refusal.</param>
    public static void Inbound(string outcome)
    {
        if (outcome is "accepted" or "duplicate") InboundAccepted.Add(1);
        else InboundRefused.Add(1, new KeyValuePair<string, object?>("reason", outcome));
    }
}
