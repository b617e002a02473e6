using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventMesh.Domain.Filters;

/// <summary>Holds a filter as JSON inside JSON, for stored events. At the edge use <see cref="Filter.Parse"/>, which also bounds its length.</summary>
public sealed class FilterJsonConverter : JsonConverter<Filter>
{
    /// <exception cref="FilterRefused">The filter cannot be right.</exception>
    public override Filter Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Filter.Restore(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, Filter value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json);
}
