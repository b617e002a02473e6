namespace EventMesh.Domain.Schemas.References;

/// <summary>
/// A URI reference in its five parts (RFC 3986 §3), resolved and put together as §5 says. <see cref="Uri"/> repairs what it is given, and a schema's
/// identifiers are compared as they are written.
/// </summary>
internal readonly record struct UriReference(string? Scheme, string? Authority, string Path, string? Query, string? Fragment)
{
    public static UriReference Parse(string text)
    {
        string? fragment = null, query = null, authority = null, scheme = null;
        if (text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash) (text, fragment) = (text[..hash], text[(hash + 1)..]);
        if (text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark) (text, query) = (text[..mark], text[(mark + 1)..]);
        if (text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && char.IsAsciiLetter(text[0]) && !text.AsSpan(0, colon).Contains('/'))
            (scheme, text) = (text[..colon], text[(colon + 1)..]);
        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', 2) is >= 0 and var slash ? slash : text.Length;
            (authority, text) = (text[2..end], text[end..]);
        }
        return new(scheme, authority, text, query, fragment);
    }

    /// <summary>§5.2.2, with this as the base.</summary>
    public UriReference Resolve(UriReference reference)
    {
        if (reference.Scheme is not null) return reference with { Path = WithoutDots(reference.Path) };
        if (reference.Authority is not null) return reference with { Scheme = Scheme, Path = WithoutDots(reference.Path) };
        if (reference.Path.Length == 0) return this with { Query = reference.Query ?? Query, Fragment = reference.Fragment };
        var path = reference.Path[0] == '/' ? reference.Path : Merged(reference.Path);
        return new(Scheme, Authority, WithoutDots(path), reference.Query, reference.Fragment);
    }

    /// <summary>Without its fragment.</summary>
    public string Document => (this with { Fragment = null }).ToString();

    // §5.3
    public override string ToString() =>
        (Scheme is null ? "" : Scheme + ":") + (Authority is null ? "" : "//" + Authority) + Path + (Query is null ? "" : "?" + Query) + (Fragment is null ? "" : "#" + Fragment);

    // §5.2.3
    private string Merged(string path) => Authority is not null && Path.Length == 0 ? "/" + path : Path[..(Path.LastIndexOf('/') + 1)] + path;

    // §5.2.4
    private static string WithoutDots(string path)
    {
        if (!path.Contains('.', StringComparison.Ordinal)) return path;
        var kept = new List<string>();
        var parts = path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            if (parts[i] == "..")
            {
                if (kept.Count > 1 || kept is [not ""]) kept.RemoveAt(kept.Count - 1);
                if (last) kept.Add("");
            }
            else if (parts[i] != ".") kept.Add(parts[i]);
            else if (last) kept.Add("");
        }
        return string.Join('/', kept);
    }
}
