using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using EventMesh.Api.CloudEvents;

namespace EventMesh.Api.Jose;

/// <summary>A JSON object that every reader understands alike: UTF-8, no member twice, no half of a surrogate pair, nothing behind it.</summary>
public static class StrictJson
{
    private const int DepthMax = 16;

    /// <param name="ambiguous">Whether it is refused because two readers could understand it differently.</param>
    /// <returns>Null for what is not such an object.</returns>
    public static JsonElement? Object(ReadOnlyMemory<byte> utf8, out bool ambiguous)
    {
        ambiguous = false;
        if (!Utf8.IsValid(utf8.Span)) return null;
        try
        {
            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            if (JsonWalk.Over(ref reader, utf8.Span) is not null)
            {
                ambiguous = true;
                return null;
            }
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DepthMax });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member that is a string.</summary>
    /// <returns>False when it is there and is something else; <paramref name="text"/> is null when it is absent.</returns>
    public static bool TryText(JsonElement json, string name, out string? text)
    {
        text = null;
        if (!json.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    /// <summary>A member that is a string or a list of strings, as <c>aud</c> is.</summary>
    /// <returns>False when it is there and is something else; <paramref name="texts"/> is null when it is absent.</returns>
    public static bool TryTexts(JsonElement json, string name, out string[]? texts)
    {
        texts = null;
        return !json.TryGetProperty(name, out var value) || TryTexts(value, out texts);
    }

    public static bool TryTexts(JsonElement value, [NotNullWhen(true)] out string[]? texts)
    {
        texts = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. value.EnumerateArray().Select(one => one.GetString()!)],
            _ => null,
        };
        return texts is not null;
    }
}
