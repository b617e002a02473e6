using System.Globalization;
using System.Text.Json;

namespace EventMesh.Domain.Schemas.References;

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    public static string Of(IEnumerable<string> names) => string.Concat(names.Select(n => "/" + Escape(n)));

    public static string Escape(string name) =>
        name.AsSpan().ContainsAny('~', '/') ? name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) : name;

    /// <summary>The names of a pointer; null when it is none.</summary>
    public static string[]? Names(string pointer)
    {
        if (pointer.Length == 0) return [];
        if (pointer[0] != '/') return null;
        return [.. pointer[1..].Split('/').Select(n => n.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    /// <summary>What a pointer's names lead to; null when nothing is there.</summary>
    public static JsonElement? Find(JsonElement json, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.Object when json.TryGetProperty(name, out var member):
                    json = member;
                    break;
                case JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < json.GetArrayLength():
                    json = json[index];
                    break;
                default:
                    return null;
            }
        }
        return json;
    }
}
