using System.Net;
using System.Net.Sockets;

namespace EventMesh.Api.Door;

/// <summary>
/// Where a request comes from. Behind proxies that the settings name it is the first address of <c>X-Forwarded-For</c>, from the right, that is none of theirs: what stands
/// further left was written by whoever sent the request, and may be anything.
/// </summary>
/// <param name="isSecure">Whether the settings say that others reach this EventMesh by TLS.</param>
public sealed class ClientAddress(IReadOnlyList<IPNetwork> trustedProxies, bool isSecure = false)
{
    private const int HopsMax = 16;

    /// <summary>Null when it is not known.</summary>
    public IPAddress? Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } peer) return null;
        var address = Plain(peer);
        if (!IsTrusted(address)) return address;
        var hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var hop in hops.Reverse().Take(HopsMax))
        {
            // Some proxies write the port as well.
            if (!IPEndPoint.TryParse(hop, out var given)) return address;
            address = Plain(given.Address);
            if (!IsTrusted(address)) return address;
        }
        return address;
    }

    /// <summary>Whether whoever asks speaks TLS: to us, to a proxy that says so, or as the settings say.</summary>
    public bool IsSecure(HttpContext context)
    {
        if (isSecure || context.Request.IsHttps) return true;
        return context.Request.Headers.TryGetValue("X-Forwarded-Proto", out var protocols) && context.Connection.RemoteIpAddress is { } peer && IsTrusted(Plain(peer))
            && protocols.ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As it is counted by: of IPv6 the network of 64 bits, which one customer of a provider has as a whole.</summary>
    public static string Network(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }

    /// <summary>
    /// As it is written into histories, which are never changed: where somebody was, and not who; a network of 24 bits, of IPv6 48, which a provider gives to a site
    /// or a neighbourhood. Null when it is not known.
    /// </summary>
    public static string? From(HttpContext context) => context.RequestServices.GetRequiredService<ClientAddress>().Of(context) is { } address ? Surroundings(address) : null;

    /// <returns><c>192.0.2.0/24</c>, <c>2001:db8:7::/48</c>.</returns>
    public static string Surroundings(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var kept = length == 4 ? 3 : 6;
        bytes[kept..].Clear();
        return $"{new IPAddress(bytes[..length])}/{8 * kept}";
    }

    private bool IsTrusted(IPAddress address)
    {
        foreach (var network in trustedProxies)
            if (network.Contains(address)) return true;
        return false;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
