namespace EventMesh.EventStore;

/// <summary>A row of the event store.</summary>
/// <param name="Version">Its place in its stream, from 1.</param>
/// <param name="Type">The event's stored name, such as <c>connection_created</c>.</param>
/// <param name="Data">Its JSON, UTF-8.</param>
/// <param name="At">When it was decided.</param>
/// <param name="From">See <see cref="EventMetadata"/>.</param>
public sealed record StoredEvent(
    Position Position, string Workspace, string Stream, long Version, string Type, ReadOnlyMemory<byte> Data, DateTimeOffset At,
    string? CorrelationId, string? CausationId, string? Actor, string? TraceParent, string? Elevation = null, string? From = null);

/// <summary>Who and what led to an event; kept beside it.</summary>
/// <param name="TraceParent">W3C trace context of the request that led here.</param>
/// <param name="Elevation">The elevation under which somebody of the platform acted in the workspace, <c>elv_…</c>; null for the workspace's own.</param>
/// <param name="From">The network that the request came from, such as <c>192.0.2.0/24</c> or <c>2001:db8:7::/48</c>, never a whole address; null for what nobody asked for.</param>
public sealed record EventMetadata(
    DateTimeOffset At, string? Actor = null, string? CorrelationId = null, string? CausationId = null, string? TraceParent = null, string? Elevation = null, string? From = null);

/// <summary>A body stored beside the events that name it, in the partition of its day.</summary>
public sealed record Payload(string Id, DateOnly Day, string? ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>For how many days after <see cref="Day"/> it is kept: 1 to <see cref="RetentionClasses.RetentionDaysMax"/>, as the workspace's limits say when it is stored.</summary>
    public int RetentionDays { get; init; } = RetentionClasses.AsThePlanSays;

    /// <summary>The number of the data key that sealed <see cref="Body"/>; null while it is plain.</summary>
    internal int? Key { get; init; }
}

/// <summary>A stream as it was read.</summary>
/// <param name="Version">The version of its last event; 0 when there is no such stream.</param>
public sealed record StoredStream(string Id, long Version, IReadOnlyList<StoredEvent> Events);
