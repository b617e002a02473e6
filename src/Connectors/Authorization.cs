using System.Text;

namespace EventMesh.Connectors;

/// <summary>What one request shows its target so that it is let in. It holds a secret: it is printed without it.</summary>
/// <param name="Headers">They go before the connection's own of the same name.</param>
/// <param name="Query">Put at the end of the URL's query, as one parameter; null for none.</param>
public sealed record Authorization(IReadOnlyDictionary<string, string> Headers, (string Name, string Value)? Query = null)
{
    /// <summary>Of one header's value: tokens of some providers have thousands of characters.</summary>
    public const int HeaderCharsMax = 16 * 1024;

    /// <summary>Shorter values would be found by chance.</summary>
    private const int RepeatedCharsMin = 8;

    public static readonly Authorization None = new(new Dictionary<string, string>());

    /// <summary>The secret part alone, where the request carries it inside of something else; null where it does not.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether a header can carry it: printable ASCII, not longer than servers take.</summary>
    public static bool Fits(string value) => value.Length <= HeaderCharsMax && HeaderRules.IsPrintable(value);

    /// <exception cref="FormatException">No header can carry this value.</exception>
    public static Authorization InHeader(string name, string value) => Fits(value)
        ? new(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [name] = value })
        : throw new FormatException($"The value for {name} fits into no header.");

    public static Authorization InQuery(string name, string value) => None with { Query = (name, value) };

    /// <summary>Further headers beside these, which stay where both have one.</summary>
    public Authorization With(IReadOnlyDictionary<string, string> further)
    {
        if (further.Count == 0) return this;
        var all = new Dictionary<string, string>(further, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Headers) all[name] = value;
        return this with { Headers = all };
    }

    /// <summary>The address with the query parameter at its end.</summary>
    internal Uri On(Uri url)
    {
        if (Query is not var (name, value)) return url;
        var between = url.Query switch { "" => "?", "?" => "", _ => "&" };
        return new($"{url.AbsoluteUri}{between}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
    }

    /// <summary>An answer in which the target repeats what it was shown, as some do in words of their own, with asterisks in its place.</summary>
    internal ReadOnlyMemory<byte> StruckFrom(ReadOnlyMemory<byte> answer)
    {
        byte[]? struck = null;
        foreach (var shown in Headers.Values.SelectMany(Parts).Append(Query?.Value ?? "").Append(Uri.EscapeDataString(Query?.Value ?? "")).Append(Secret ?? ""))
        {
            if (shown.Length < RepeatedCharsMin) continue;
            var bytes = Encoding.UTF8.GetBytes(shown);
            for (int from = 0, at; (at = (struck ?? answer.Span)[from..].IndexOf(bytes)) >= 0; from += at + bytes.Length)
                (struck ??= answer.ToArray()).AsSpan(from + at, bytes.Length).Fill((byte)'*');
        }
        return struck ?? answer;
    }

    // The value, and what follows its scheme.
    private static IEnumerable<string> Parts(string value) => value.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? [value, value[(space + 1)..]] : [value];

    public override string ToString() => Query is null ? "Authorization" : "Authorization by query parameter";
}
