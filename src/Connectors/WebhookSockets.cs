using System.Net;

namespace EventMesh.Connectors;

internal static class WebhookSockets
{
    private const int ResponseHeadersKilobytesMax = 32;

    /// <summary>A client that does what it is told and nothing of its own accord: no redirect, cookie, proxy, decompression, credential or trace header.</summary>
    public static SocketsHttpHandler Open(GuardedDialer dialer, WebhookOptions options) => new()
    {
        ConnectCallback = (context, stop) => dialer.Dial(context.DnsEndPoint, stop),
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = options.SocketLifetime,
        PooledConnectionIdleTimeout = options.SocketIdle,
        MaxConnectionsPerServer = options.SocketsPerHostMax,
        MaxResponseHeadersLength = ResponseHeadersKilobytesMax,
        // What is left of a response is not read to save the socket: the target decides how much that would be.
        MaxResponseDrainSize = 0,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = TimeSpan.FromSeconds(5),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    };
}
