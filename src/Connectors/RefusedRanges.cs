using System.Net;
using System.Net.Sockets;

namespace EventMesh.Connectors;

/// <summary>
/// Addresses that are not a public receiver: the IANA special-purpose registries (RFC 6890 and its successors), and what clouds
/// answer on for their own machines. IPv6 is refused unless it is global unicast (2000::/3), so a range that is put to use tomorrow
/// is refused today. Every form that carries an IPv4 address inside is refused whole: no receiver needs one, and what it
/// reaches is decided by a gateway we cannot see.
/// </summary>
internal static class RefusedRanges
{
    /// <summary>An IPv6 address that carries an IPv4 address; the mapped form (::ffff:0:0/96) is refused before this table is asked.</summary>
    public const string Embedded = "IPv4 inside IPv6";

    private static readonly (IPNetwork Network, string Reason)[] V4 =
    [
        Range("0.0.0.0/8", "this network"),
        Range("10.0.0.0/8", "private"),
        Range("100.64.0.0/10", "shared by carriers"),
        Range("127.0.0.0/8", "loopback"),
        Range("168.63.129.16/32", "cloud platform"), // Azure's wire server: a public number, answered by the host
        Range("169.254.0.0/16", "link-local"), // with 169.254.169.254, the metadata service of most clouds
        Range("172.16.0.0/12", "private"),
        Range("192.0.0.0/24", "protocol assignments"),
        Range("192.0.2.0/24", "documentation"),
        Range("192.88.99.0/24", "6to4 relay"),
        Range("192.168.0.0/16", "private"),
        Range("198.18.0.0/15", "benchmarking"),
        Range("198.51.100.0/24", "documentation"),
        Range("203.0.113.0/24", "documentation"),
        Range("224.0.0.0/4", "multicast"),
        Range("240.0.0.0/4", "reserved"), // with 255.255.255.255, broadcast
    ];

    private static readonly (IPNetwork Network, string Reason)[] V6 =
    [
        Range("::/128", "unspecified"),
        Range("::1/128", "loopback"),
        Range("::/96", Embedded), // IPv4-compatible
        Range("::ffff:0:0:0/96", Embedded), // IPv4-translated, RFC 2765
        Range("64:ff9b::/96", Embedded), // NAT64
        Range("64:ff9b:1::/48", Embedded), // NAT64, local use
        Range("100::/64", "discard"),
        Range("2001::/32", Embedded), // Teredo
        Range("2001::/23", "protocol assignments"),
        Range("2001:db8::/32", "documentation"),
        Range("2002::/16", Embedded), // 6to4
        Range("3fff::/20", "documentation"),
        Range("5f00::/16", "segment routing"),
        Range("fc00::/7", "private"), // with fd00:ec2::254, the metadata service of AWS
        Range("fe80::/10", "link-local"),
        Range("fec0::/10", "site-local"),
        Range("ff00::/8", "multicast"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static string? Reason(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => Find(V4, address),
        AddressFamily.InterNetworkV6 => Find(V6, address)
            ?? (IsIsatap(address) ? Embedded : GlobalUnicast.Contains(address) ? null : "reserved"),
        _ => "not an internet address",
    };

    private static string? Find((IPNetwork Network, string Reason)[] ranges, IPAddress address)
    {
        foreach (var (network, reason) in ranges)
            if (network.Contains(address)) return reason;
        return null;
    }

    // RFC 5214 §6.1: the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address, under any prefix.
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return (bytes[8] & ~0x02) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
    }

    private static (IPNetwork, string) Range(string network, string reason) => (IPNetwork.Parse(network), reason);
}
