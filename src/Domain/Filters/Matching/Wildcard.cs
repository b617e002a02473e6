namespace EventMesh.Domain.Filters.Matching;

/// <summary>
/// A pattern in which <c>*</c> stands for any run of characters, the empty one included. What lies between the wildcards is searched from left to right,
/// each piece at its first occurrence: a later occurrence could not help the pieces that follow, so nothing is ever tried twice.
/// </summary>
internal sealed class Wildcard
{
    private readonly string[] middle;

    public Wildcard(string pattern)
    {
        var pieces = pattern.Split('*');
        Prefix = pieces[0];
        Suffix = pieces[^1];
        middle = [.. pieces[1..^1].Where(piece => piece.Length > 0)];
    }

    public string Prefix { get; }

    public string Suffix { get; }

    public bool Matches(string text)
    {
        if (text.Length < Prefix.Length + Suffix.Length
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !text.EndsWith(Suffix, StringComparison.Ordinal))
            return false;

        var rest = text.AsSpan(Prefix.Length, text.Length - Prefix.Length - Suffix.Length);
        foreach (var piece in middle)
        {
            var at = rest.IndexOf(piece, StringComparison.Ordinal);
            if (at < 0)
                return false;

            rest = rest[(at + piece.Length)..];
        }

        return true;
    }
}
