using System.Buffers;
using System.Collections.Frozen;

namespace EventMesh.Connectors;

/// <summary>Which headers of its own a connection may add to its requests.</summary>
public static class HeaderRules
{
    public const int NameCharsMax = 128;
    public const int ValueCharsMax = 4096;

    /// <summary>How many headers a connection may have.</summary>
    public const int CountMax = 32;

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What frames the message or steers the connection (a second opinion on these is request smuggling), what we state about
    // the sender and the trace, and what would ask for an answer we do not read: compressed, upgraded, or after 100-continue.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "host", "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "http2-settings", "expect",
        "accept-encoding", "user-agent", "traceparent", "tracestate", "forwarded", "via",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] ReservedPrefixes = ["webhook-", "content-", "ce-", "proxy-"];

    /// <summary>Why this header is refused, as the end of a sentence; null when it is accepted.</summary>
    public static string? Check(string name, string value)
    {
        if (name.Length == 0) return "a header needs a name";
        if (name.Length > NameCharsMax) return $"a header's name has at most {NameCharsMax} characters";
        if (name.AsSpan().ContainsAnyExcept(Token)) return "a header's name is made of letters, digits and !#$%&'*+-.^_`|~";
        if (Reserved.Contains(name)) return $"{name} is set by EventMesh";
        foreach (var prefix in ReservedPrefixes)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return $"{prefix}* is set by EventMesh";
        if (value.Length > ValueCharsMax) return $"a header's value has at most {ValueCharsMax} characters";
        if (!IsPrintable(value)) return "a header's value is made of printable ASCII characters";
        return null;
    }

    internal static bool IsPrintable(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');
}
