using System.Text.Json;

namespace EventMesh.Domain.Filters.Matching;

/// <summary>What one condition looks at: an attribute's text, a piece of the event's data, or nothing.</summary>
internal readonly struct Value
{
    public Value(string? text) => Text = text;

    public Value(JsonElement element) => Element = element;

    public static Value Missing => default;

    /// <summary>The attribute's text; null for data.</summary>
    public string? Text { get; }

    /// <summary>The piece of data; Undefined for an attribute.</summary>
    public JsonElement Element { get; }

    public bool IsMissing => Text is null && Element.ValueKind == JsonValueKind.Undefined;
}
