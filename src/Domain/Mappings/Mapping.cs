using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Domain.Mappings.Applying;
using EventMesh.Domain.Mappings.Reading;

namespace EventMesh.Domain.Mappings;

/// <summary>
/// How a rule shapes the body it sends: a JSON template with paths into the event, described in docs/mapping.md. Compiled once; immutable; safe to share
/// between threads. Two mappings are equal when they are the same text without white space: the order of members is the body's.
/// </summary>
[JsonConverter(typeof(MappingJsonConverter))]
public sealed class Mapping : IEquatable<Mapping>
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Node root;

    private Mapping(string json, Node root) => (Json, this.root) = (json, root);

    /// <summary>The template as it was written, without white space.</summary>
    public string Json { get; }

    /// <summary>Compiles a template. The JSON's document may be disposed afterwards.</summary>
    /// <exception cref="MappingRefused">The template cannot be right.</exception>
    public static Mapping Parse(JsonElement json) => Compile(json, MappingLimits.TextBytesMax);

    /// <summary>The body for an event: JSON, UTF-8, without white space of its own; what is copied is copied byte by byte.</summary>
    /// <param name="cloudEvent">CloudEvents 1.0 structured JSON.</param>
    /// <exception cref="MappingFailed">It would be too large, take too long, or be nothing.</exception>
    public byte[] Apply(JsonElement cloudEvent)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Plain);
        var run = new Run(writer, cloudEvent);
        if (!root.Write(run, default, null)) throw new MappingFailed(Place.Whole, "finds nothing in this event, and has no default");
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public bool Equals(Mapping? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as Mapping);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;

    /// <summary>Compiles a template that was accepted before, when the limit of its length may have been another.</summary>
    internal static Mapping Restore(JsonElement json) => Compile(json, int.MaxValue);

    private static Mapping Compile(JsonElement json, int textBytesMax)
    {
        // The reader looks at every string before any is written, because writing half of a surrogate pair throws.
        var root = new TemplateReader().Read(json);
        var text = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(text, Plain)) json.WriteTo(writer);
        if (text.WrittenCount > textBytesMax)
            throw new MappingRefused("", $"A mapping has at most {MappingLimits.TextBytesMax} bytes; this one has {text.WrittenCount}.");
        return new(Encoding.UTF8.GetString(text.WrittenSpan), root);
    }
}
