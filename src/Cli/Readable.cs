using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>Turns what strangers wrote (names, errors, payloads) into text that is safe and pleasant to print.</summary>
internal static class Readable
{
    /// <summary>
    /// One line without control characters. A tenant chooses names and a target chooses its error text:
    /// neither may move the cursor or recolour the terminal of whoever reads them.
    /// </summary>
    public static string Line(string text, int lengthMax = int.MaxValue)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in text)
            line.Append(character is '\n' or '\r' or '\t' ? ' ' : IsUnsafe(character) ? '\uFFFD' : character);
        if (line.Length > lengthMax)
            line.Remove(lengthMax - 1, line.Length - lengthMax + 1).Append('…');
        return line.ToString();
    }

    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => Line(value.GetString()!),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => Line(Compact(value)),
    };

    /// <summary>The text at a dotted path; times as UTC without fractions; empty when it is not there.</summary>
    public static string At(JsonElement json, string path)
    {
        var value = Find(json, path);
        return (path == "at" || path.EndsWith("_at", StringComparison.Ordinal)) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : Text(value);
    }

    public static JsonElement Find(JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return default;
        }

        return json;
    }

    public static string Compact(JsonElement json) => JsonSerializer.Serialize(json, CompactOptions);

    private static readonly JsonSerializerOptions CompactOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Bidirectional overrides make a line read as something else than it is.
    private static bool IsUnsafe(char character) =>
        char.IsControl(character) || character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
