namespace EventMesh.Domain.Filters.Reading;

/// <summary>The words of the language, and which of them somebody may have meant.</summary>
internal static class Names
{
    public static readonly string[] Connectives = ["$and", "$or", "$not"];

    public static readonly string[] Operators =
        ["$eq", "$neq", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exist", "$startsWith", "$endsWith", .. Connectives];

    public static readonly string[] Keys = ["type", "source", "subject", "resource", "resource_id", "time", "data", .. Connectives];

    // What the same thing is called elsewhere: EventBridge, MongoDB, JavaScript.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["prefix"] = "$startsWith",
        ["suffix"] = "$endsWith",
        ["anything-but"] = "$nin",
        ["exists"] = "$exist",
        ["$exists"] = "$exist",
        ["$ne"] = "$neq",
        ["$prefix"] = "$startsWith",
        ["$suffix"] = "$endsWith",
        ["detail-type"] = "type",
        ["detail"] = "data",
        ["body"] = "data",
    };

    public static string Nearest(string name, IReadOnlyList<string> valid) =>
        Elsewhere.TryGetValue(name, out var known) && valid.Contains(known)
            ? known
            : valid.MinBy(candidate => Distance(name.Length <= 64 ? name : name[..64], candidate))!;

    /// <summary>Levenshtein's distance: letters to change, add or remove.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
