using System.Buffers;

namespace EventMesh.Api.CloudEvents;

/// <summary>The syntax of URIs as RFC 3986 writes it. <see cref="Uri"/> repairs what it is given, so it cannot tell.</summary>
public static class UriRules
{
    // §2.2 and §2.3: reserved and unreserved characters, and the percent sign that begins an escape.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>§4.1: a URI or a relative reference.</summary>
    public static bool IsReference(string text) => IsSpelled(text) && (SchemeLength(text) is not 0);

    /// <summary>§4.3, with a fragment allowed: begins with a scheme.</summary>
    public static bool IsAbsolute(string text) => IsSpelled(text) && SchemeLength(text) is > 0;

    /// <returns>The length of the scheme; null when there is none and need not be; 0 when a colon stands where only a scheme may end.</returns>
    private static int? SchemeLength(string text)
    {
        var end = text.AsSpan().IndexOfAny(":/?#");
        if (end < 0 || text[end] != ':') return null;
        if (end == 0 || !char.IsAsciiLetter(text[0])) return 0;
        foreach (var c in text.AsSpan(0, end))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return 0;
        return end;
    }

    private static bool IsSpelled(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Allowed)) return false;
        if (text.AsSpan().Count('#') > 1) return false;
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return false;
        return true;
    }
}
