using EventMesh.Api.CloudEvents;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EventMesh.Api.Hosting;

/// <summary>What Kestrel accepts at most, from anybody.</summary>
internal static class Server
{
    private const int HeadersBytesMax = 64 * 1024;

    public static void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = EventLimits.BatchBytesMax;
        server.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        server.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        server.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
