using System.Net.Sockets;
using EventMesh.Api.CloudEvents;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EventMesh.Api.Hosting;

/// <summary>What Kestrel accepts at most, from anybody.</summary>
internal static class Server
{
    private const int HeadersBytesMax = 64 * 1024;
    private const int HeadersMax = 100;

    /// <summary>Of the first line of a request: method, path and query.</summary>
    private const int LineBytesMax = 8 * 1024;

    /// <exception cref="SettingRefused">The address or the port cannot be had.</exception>
    public static async Task Start(WebApplication app, Settings settings)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or IOException { InnerException: AddressInUseException })
        {
            throw new SettingRefused("EVENTMESH_PORT", $"{settings.Port} cannot be listened on at {settings.Bind}: {(failure.InnerException ?? failure).Message}");
        }
    }

    public static void Configure(KestrelServerOptions server, Settings settings)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = EventLimits.BatchBytesMax;
        // Each connection is memory, whether it asks or not: one more than this is closed as soon as it is opened.
        server.Limits.MaxConcurrentConnections = settings.ConnectionsMax;
        server.Limits.MaxRequestLineSize = LineBytesMax;
        server.Limits.MaxRequestHeaderCount = HeadersMax;
        server.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        server.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        server.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
