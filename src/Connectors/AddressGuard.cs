using System.Net;

namespace EventMesh.Connectors;

/// <summary>
/// Decides which addresses may be called, so that a connection's URL cannot turn us against the network we run in (SSRF).
/// The decision that counts falls on the address a socket is about to be opened to (<see cref="Reason(IPAddress)"/>);
/// names and spellings are never trusted. <see cref="CheckUrl"/> only says early what can be said early.
/// </summary>
/// <param name="allowed">Networks the operator allows, whatever the table says.</param>
public sealed class AddressGuard(IReadOnlyList<IPNetwork> allowed)
{
    public const int UrlCharsMax = 2048;

    private bool OthersToo { get; init; } = true;

    /// <summary>The same, but for the allowed networks alone: what is not encrypted goes nowhere else.</summary>
    internal AddressGuard OnlyAllowed() => new(allowed) { OthersToo = false };

    /// <summary>Why this address is refused, as a noun (<c>private</c>); null when it may be called.</summary>
    public string? Reason(IPAddress address)
    {
        // IPNetwork.Contains takes the IPv4 address out of the mapped form (::ffff:a.b.c.d) and answers wrongly for networks of either family.
        if (address.IsIPv4MappedToIPv6) return RefusedRanges.Embedded;
        foreach (var network in allowed)
            if (network.Contains(address)) return null;
        return RefusedRanges.Reason(address) ?? (OthersToo ? null : "not encrypted");
    }

    /// <summary>
    /// Why this answer of the name service is refused; null when every address in it may be called. One refused address refuses them all:
    /// an answer that mixes public and inner addresses is an attack or a mistake, and trying only the good ones would make the
    /// outcome depend on which of them happens to be up.
    /// </summary>
    public string? Reason(IReadOnlyList<IPAddress> addresses)
    {
        foreach (var address in addresses)
            if (Reason(address) is { } reason) return reason;
        return null;
    }

    /// <summary>Why this URL is refused when a connection is written, as the end of a sentence; null when it is accepted.</summary>
    public string? CheckUrl(Uri url)
    {
        if (!url.IsAbsoluteUri) return "the URL must be absolute";
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) return "the URL must begin with http:// or https://";
        if (url.OriginalString.Length > UrlCharsMax || url.AbsoluteUri.Length > UrlCharsMax) return $"the URL has at most {UrlCharsMax} characters";
        if (url.UserInfo.Length > 0) return "the URL may not contain a user name or password";
        if (url.Fragment.Length > 0) return "the URL may not contain a fragment";
        if (url.Port == 0) return "port 0 cannot be called";
        if (url.IdnHost.Length == 0) return "the URL needs a host";
        return Literal(url.IdnHost) is { } address && Reason(address) is { } reason ? $"the address is not public ({reason})" : null;
    }

    // RFC 6761 §6.3: localhost and names below it are loopback, and resolvers may not even ask.
    private static IPAddress? Literal(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        return IPAddress.TryParse(name, out var address) ? address : null;
    }
}
