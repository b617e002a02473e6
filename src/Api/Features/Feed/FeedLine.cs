using System.Text.Json;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Feed;

/// <summary>A stored event as one JSON object on one line. Its data goes out as it lies in the store.</summary>
public static class FeedLine
{
    public static void Write(Utf8JsonWriter json, StoredEvent stored)
    {
        json.WriteStartObject();
        json.WriteString("position"u8, stored.Position.ToString());
        json.WriteString("stream"u8, stored.Stream);
        json.WriteNumber("version"u8, stored.Version);
        json.WriteString("type"u8, stored.Type);
        json.WriteString("at"u8, stored.At.UtcDateTime);
        json.WritePropertyName("data"u8);
        // The database wrote it: it is JSON, on one line.
        json.WriteRawValue(stored.Data.Span, skipInputValidation: true);
        json.WriteString("correlation_id"u8, stored.CorrelationId);
        json.WriteString("causation_id"u8, stored.CausationId);
        json.WriteString("actor"u8, stored.Actor);
        if (stored.Elevation is not null) json.WriteString("elevation"u8, stored.Elevation);
        json.WriteEndObject();
    }
}
