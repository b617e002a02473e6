using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventMesh.Domain.Mappings;

/// <summary>
/// Holds a mapping in stored events, as text: a jsonb column would sort the members of an object, and the body is to have them as they were written.
/// At the edge use <see cref="Mapping.Parse"/>, which also bounds its length.
/// </summary>
public sealed class MappingJsonConverter : JsonConverter<Mapping>
{
    /// <exception cref="MappingRefused">The template cannot be right.</exception>
    public override Mapping Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Mapping.Restore(JsonElement.Parse(reader.GetString() ?? throw new JsonException("A mapping is stored as text.")));

    public override void Write(Utf8JsonWriter writer, Mapping value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}
