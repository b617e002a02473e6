using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters;

/// <summary>The two ways in which a filter is written: as its author did, and so that equal filters are equal text.</summary>
internal static class CanonicalJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string AsWritten(JsonElement json, out int bytes)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
            json.WriteTo(writer);
        bytes = buffer.WrittenCount;
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Keys in ordinal order, no white space, each number in one form.</summary>
    public static string Sorted(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
            Write(json, writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(JsonElement json, Utf8JsonWriter writer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in json.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;

            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in json.EnumerateArray())
                    Write(element, writer);
                writer.WriteEndArray();
                break;

            case JsonValueKind.Number:
                writer.WriteRawValue(new JsonNumber(JsonMarshal.GetRawUtf8Value(json)).ToCanonical());
                break;

            default:
                json.WriteTo(writer);
                break;
        }
    }
}
