using System.Globalization;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>What a glance can take in of a stored event's data: its plain values, without times and digests.</summary>
internal static class Facts
{
    private const int DepthMax = 3;

    /// <summary>Names with their values in one line; ids come last, since they say least and take most room.</summary>
    public static string Of(JsonElement data, int lengthMax)
    {
        var facts = In(data, DepthMax).ToLookup(fact => IsId(fact.Value));
        return Readable.Line(string.Join(' ', facts[false].Concat(facts[true]).Select(fact => $"{fact.Name}={fact.Value}")), lengthMax);
    }

    private static IEnumerable<(string Name, string Value)> In(JsonElement data, int depth)
    {
        if (data.ValueKind != JsonValueKind.Object || depth == 0)
            return [];
        return data.EnumerateObject().Where(member => !IsTimeOrDigest(member.Name)).SelectMany(member => member.Value.ValueKind switch
        {
            JsonValueKind.Object => In(member.Value, depth - 1),
            JsonValueKind.Array when member.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Object) =>
                [(member.Name, member.Value.GetArrayLength().ToString(CultureInfo.InvariantCulture))],
            JsonValueKind.Number when member.Value.TryGetDouble(out var number) => [(member.Name, number.ToString("0.#", CultureInfo.InvariantCulture))],
            JsonValueKind.Null => [],
            _ => new[] { (member.Name, Readable.Text(member.Value)) },
        });
    }

    private static bool IsTimeOrDigest(string name) => name is "at" or "time" or "sha256" || name.EndsWith("_at", StringComparison.Ordinal);

    private static bool IsId(string value) => value.StartsWith("con_", StringComparison.Ordinal) || value.StartsWith("rul_", StringComparison.Ordinal)
        || value.StartsWith("evt_", StringComparison.Ordinal) || value.StartsWith("dlv_", StringComparison.Ordinal) || value.StartsWith("lin_", StringComparison.Ordinal);
}
