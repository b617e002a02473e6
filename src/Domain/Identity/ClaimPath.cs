namespace EventMesh.Domain.Identity;

/// <summary>
/// Where in a token a claim is: names with dots between them (<c>realm_access.roles</c>), or a JSON pointer (RFC 6901) for names that have dots of their own
/// (<c>/https:~1~1example.com~1roles</c>). Either means one place only.
/// </summary>
public static class ClaimPath
{
    public const int CharsMax = 200;
    public const int NamesMax = 8;

    /// <summary>The members to go through, outermost first; null when it is neither form.</summary>
    public static IReadOnlyList<string>? Parse(string? path)
    {
        if (path is not { Length: > 0 and <= CharsMax }) return null;
        if (path[0] != '/') return Bounded(path.Split('.'));
        var names = path[1..].Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal)) return null;
            names[i] = names[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }
        return Bounded(names);
    }

    private static string[]? Bounded(string[] names) => names.Length <= NamesMax && names.All(name => name.Length > 0) ? names : null;
}
