namespace EventMesh.Domain.Connections;

/// <summary>What has happened to a connection, and what it therefore is. Its signing secret is not here: events are for ever and for many eyes.</summary>
public abstract record ConnectionEvent
{
    private ConnectionEvent() { }

    public sealed record ConnectionCreated(string Name, string Kind, WebhookConfig Config, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionChanged(string Name, WebhookConfig Config, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionDisabled(DisabledBecause Reason, DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionEnabled(DateTimeOffset At) : ConnectionEvent;
    public sealed record ConnectionDeleted(DateTimeOffset At) : ConnectionEvent;
}

public enum DisabledBecause { Asked, Gone }

/// <summary>What a webhook's receiver gets: the whole CloudEvent, or its data alone.</summary>
public enum WebhookBody { Cloudevent, Data }

/// <summary>Where a webhook goes and how.</summary>
/// <param name="RetrySchedule">Seconds to wait before the second attempt, the third, …; null for the table of <see cref="Deliveries.RetrySchedule"/>.</param>
public sealed record WebhookConfig(Uri Url, IReadOnlyDictionary<string, string>? Headers, WebhookBody Body, IReadOnlyList<int>? RetrySchedule)
{
    public bool Equals(WebhookConfig? other) =>
        // Uri's own equality ignores user:password@, and a new password is a change.
        other is not null && Url.OriginalString == other.Url.OriginalString && Body == other.Body
        && (Headers ?? NoHeaders).OrderBy(h => h.Key, StringComparer.Ordinal).SequenceEqual((other.Headers ?? NoHeaders).OrderBy(h => h.Key, StringComparer.Ordinal))
        && (RetrySchedule is null ? other.RetrySchedule is null : other.RetrySchedule is not null && RetrySchedule.SequenceEqual(other.RetrySchedule));

    public override int GetHashCode() => HashCode.Combine(Url, Body, Headers?.Count ?? 0, RetrySchedule?.Count ?? -1);

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
}

public abstract record Connection
{
    private Connection() { }

    public sealed record Missing : Connection;
    public sealed record Enabled(string Name, string Kind, WebhookConfig Config, DateTimeOffset CreatedAt) : Connection;
    public sealed record Disabled(string Name, string Kind, WebhookConfig Config, DateTimeOffset CreatedAt, DisabledBecause Reason) : Connection;
    public sealed record Deleted : Connection;

    public static readonly Connection Initial = new Missing();

    public static Connection Evolve(Connection state, ConnectionEvent happened) => (state, happened) switch
    {
        (_, ConnectionEvent.ConnectionCreated created) => new Enabled(created.Name, created.Kind, created.Config, created.At),
        (Enabled enabled, ConnectionEvent.ConnectionChanged changed) => enabled with { Name = changed.Name, Config = changed.Config },
        (Disabled disabled, ConnectionEvent.ConnectionChanged changed) => disabled with { Name = changed.Name, Config = changed.Config },
        (Enabled enabled, ConnectionEvent.ConnectionDisabled because) => new Disabled(enabled.Name, enabled.Kind, enabled.Config, enabled.CreatedAt, because.Reason),
        (Disabled disabled, ConnectionEvent.ConnectionEnabled) => new Enabled(disabled.Name, disabled.Kind, disabled.Config, disabled.CreatedAt),
        (_, ConnectionEvent.ConnectionDeleted) => new Deleted(),
        _ => state,
    };
}
