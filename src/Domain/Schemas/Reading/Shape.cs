using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>What is refused before a schema is read as one: its size, its depth, strings that are no text.</summary>
internal static class Shape
{
    /// <summary>A document of more depth is not even parsed.</summary>
    public static readonly JsonDocumentOptions Reading = new() { MaxDepth = SchemaLimits.DepthMax + 1 };

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000 };

    /// <exception cref="SchemaRefused">It is too large, too deep, or not text.</exception>
    public static (Instance Instance, string Text) Check(JsonElement json)
    {
        if (json.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False)) throw new SchemaRefused("", "must be an object or a boolean");
        if (Depth(json) > SchemaLimits.DepthMax) throw new SchemaRefused("", $"has more than {SchemaLimits.DepthMax} objects and lists inside one another");
        var read = new InstanceReader();
        var instance = read.Read(json);
        if (read.Wrong is { } wrong) throw new SchemaRefused(wrong.Path, wrong.Reason);
        if (Twice(instance) is { } name) throw new SchemaRefused("", $"has an object with the member '{name}' twice");
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Plain)) json.WriteTo(writer);
        if (buffer.WrittenCount > SchemaLimits.TextBytesMax) throw new SchemaRefused("", $"has at most {SchemaLimits.TextBytesMax} bytes; this one has {buffer.WrittenCount}");
        return (instance, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string? Twice(Instance instance) =>
        instance.Members.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any())?.Key
        ?? instance.Members.Select(m => m.Value).Concat(instance.Items).Select(Twice).FirstOrDefault(name => name is not null);

    // Bounded by the parser before it is bounded here, so it may recurse; what is deeper than the limit is not looked into.
    private static int Depth(JsonElement json, int above = 0)
    {
        if (above > SchemaLimits.DepthMax) return above;
        return json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().Select(p => Depth(p.Value, above + 1)).DefaultIfEmpty(above + 1).Max(),
            JsonValueKind.Array => json.EnumerateArray().Select(i => Depth(i, above + 1)).DefaultIfEmpty(above + 1).Max(),
            _ => above,
        };
    }
}
