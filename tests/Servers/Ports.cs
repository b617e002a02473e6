using System.Collections.Concurrent;
using System.Net.NetworkInformation;

namespace EventMesh.Tests.Servers;

/// <summary>
/// Ports of 127.0.0.1 for servers that may be killed and started again: none is given twice in a process, so that no other server of a test takes it while the first is down. They lie
/// below those that <c>ops/scripts</c> choose themselves, and those that outgoing connections get.
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Count = 10_000;
    private static readonly ConcurrentDictionary<int, byte> Given = new();

    public static int Next()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        while (true)
            if (Random.Shared.Next(First, First + Count) is var port && !taken.Contains(port) && Given.TryAdd(port, 0))
                return port;
    }
}
