namespace EventMesh.Domain.Publishing;

/// <summary>What has happened to an event that a tenant app published, and what it therefore is.</summary>
public abstract record PublishedEventEvent
{
    private PublishedEventEvent() { }

    /// <summary>The event was accepted. Its body is a payload: here are only its attributes, size in bytes and SHA-256 in hex.</summary>
    public sealed record EventPublished(
        string Id, string Source, string Type, string? Subject, string? Resource, string? ResourceId, string? Time,
        int Size, string Sha256, DateTimeOffset At) : PublishedEventEvent;

    /// <summary>Rules matched; the deliveries it names exist from here on. There may be several: a replay adds what later rules would have made.</summary>
    public sealed record EventRouted(DateTimeOffset AcceptedAt, IReadOnlyList<PlannedDelivery> Deliveries, DateTimeOffset At) : PublishedEventEvent;
}

/// <summary>One published event on its way to one connection by one rule.</summary>
/// <param name="Line">Where it stands in line, <c>lin_…</c>; null when it stands alone.</param>
/// <param name="Key">The key by which the line is made.</param>
public sealed record PlannedDelivery(string Id, string Rule, string Connection, string? Line = null, string? Key = null);

public abstract record PublishedEvent
{
    private PublishedEvent() { }

    public sealed record Missing : PublishedEvent;
    public sealed record Accepted(PublishedEventEvent.EventPublished What) : PublishedEvent;
    public sealed record Routed(PublishedEventEvent.EventPublished What, IReadOnlyList<PlannedDelivery> Deliveries) : PublishedEvent;

    public static readonly PublishedEvent Initial = new Missing();

    public static PublishedEvent Evolve(PublishedEvent state, PublishedEventEvent happened) => (state, happened) switch
    {
        (_, PublishedEventEvent.EventPublished published) => new Accepted(published),
        (Accepted accepted, PublishedEventEvent.EventRouted routed) => new Routed(accepted.What, routed.Deliveries),
        (Routed before, PublishedEventEvent.EventRouted routed) => new Routed(before.What, [.. before.Deliveries, .. routed.Deliveries]),
        _ => state,
    };
}
