using System.Text.Json;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>
/// A stored event as one JSON object on one line, whole: its canonical form can be made of it (docs/canonical-form.md). Its data goes out as it lies in the store.
/// </summary>
public static class FeedLine
{
    /// <summary>The body of a published event, as it may be shown.</summary>
    /// <param name="Json">Null when it is not kept any more.</param>
    public readonly record struct Body(byte[]? Json);

    /// <param name="body">Null when it was not asked for, or the event has none.</param>
    public static void Write(Utf8JsonWriter json, WholeEvent whole, Body? body = null)
    {
        var stored = whole.Event;
        json.WriteStartObject();
        json.WriteString("position"u8, stored.Position.ToString());
        json.WriteString("id"u8, whole.Id);
        json.WriteString("workspace"u8, stored.Workspace);
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
        if (whole.DotnetType is not null) json.WriteString("dotnet_type"u8, whole.DotnetType);
        if (whole.Headers is { } headers)
        {
            json.WritePropertyName("headers"u8);
            json.WriteRawValue(headers.Span, skipInputValidation: true);
        }
        // We write neither; a proof of the history has to know of them where somebody else did.
        if (whole.Archived) json.WriteBoolean("archived"u8, true);
        if (whole.Binary is { } binary) json.WriteBase64String("bdata"u8, binary.Span);
        if (body is { } asked) Write(json, asked.Json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, byte[]? payload)
    {
        json.WritePropertyName("payload"u8);
        if (payload is not null) json.WriteRawValue(payload, skipInputValidation: true);
        else
        {
            json.WriteNullValue();
            json.WriteBoolean("payload_expired"u8, true);
        }
    }
}
