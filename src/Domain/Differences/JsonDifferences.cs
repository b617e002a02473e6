using System.Text.Encodings.Web;
using System.Text.Json;

namespace EventMesh.Domain.Differences;

/// <summary>
/// What changed between two JSON values, member by member: objects are looked into, and everything else is the same or another. A list is one value: who changes one
/// of three scopes is told the three of before and those of after, which is what people compare. Numbers are the same when they stand for the same number.
/// </summary>
public static class JsonDifferences
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    /// <summary>Differences in the order of their members' names (UTF-16 code units). Of something that is new or gone each member of the outermost object is named.</summary>
    public static IReadOnlyList<Difference> Between(JsonElement? before, JsonElement? after)
    {
        var found = new List<Difference>();
        if (before is null && after is { ValueKind: JsonValueKind.Object }) before = Nothing;
        if (after is null && before is { ValueKind: JsonValueKind.Object }) after = Nothing;
        Compare("", before, after, found);
        return found;
    }

    private static void Compare(string path, JsonElement? before, JsonElement? after, List<Difference> found)
    {
        if (before is { ValueKind: JsonValueKind.Object } left && after is { ValueKind: JsonValueKind.Object } right)
        {
            foreach (var name in left.EnumerateObject().Concat(right.EnumerateObject()).Select(m => m.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                Compare(Join(path, name), Member(left, name), Member(right, name), found);
        }
        else if (!Same(before, after))
        {
            found.Add(new(path, before, after));
        }
    }

    private static bool Same(JsonElement? before, JsonElement? after) =>
        before is { } was && after is { } now ? JsonElement.DeepEquals(was, now) : before is null && after is null;

    private static JsonElement? Member(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value : null;

    private static string Join(string path, string name)
    {
        if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$')) return path.Length == 0 ? name : $"{path}.{name}";
        return $"{path}[\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"]";
    }
}
