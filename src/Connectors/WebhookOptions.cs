namespace EventMesh.Connectors;

/// <summary>The limits of the webhook connector. The defaults are for production.</summary>
public sealed record WebhookOptions
{
    /// <summary>From the first byte of the name lookup to the last byte of the response that is read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For name lookup, TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A socket is not used for longer than this, so that a changed name is noticed.</summary>
    public TimeSpan SocketLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a socket waits for its next use.</summary>
    public TimeSpan SocketIdle { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Sockets open to one host and port, HTTP/1.1. Workspaces that call the same host share them, so this must not be what bounds them:
    /// whoever calls <see cref="IConnector.Send"/> holds each connection to few attempts at a time.
    /// </summary>
    public int SocketsPerHostMax { get; init; } = 8_192;
}
