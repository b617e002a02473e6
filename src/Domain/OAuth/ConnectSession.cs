namespace EventMesh.Domain.OAuth;

/// <summary>What has happened to a link by which somebody without a key connects one connection, <c>cns_…</c>, and what it therefore is. The link's token is not here.</summary>
public abstract record ConnectSessionEvent
{
    private ConnectSessionEvent() { }

    public sealed record ConnectSessionCreated(string Connection, string Provider, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt, DateTimeOffset At) : ConnectSessionEvent;
    /// <summary>The connection was authorized by it.</summary>
    public sealed record ConnectSessionUsed(DateTimeOffset At) : ConnectSessionEvent;
}

public abstract record ConnectSession
{
    private ConnectSession() { }

    /// <summary>Half an hour, and the default.</summary>
    public const int LifetimeSecondsMax = 30 * 60;
    public const int LifetimeSecondsMin = 60;

    public sealed record Missing : ConnectSession;
    public sealed record Open(string Connection, DateTimeOffset ExpiresAt) : ConnectSession;
    public sealed record Used : ConnectSession;

    public static readonly ConnectSession Initial = new Missing();

    public static ConnectSession Evolve(ConnectSession state, ConnectSessionEvent happened) => happened switch
    {
        ConnectSessionEvent.ConnectSessionCreated created => new Open(created.Connection, created.ExpiresAt),
        ConnectSessionEvent.ConnectSessionUsed => new Used(),
        _ => state,
    };
}
