using System.Text.Json;
using EventMesh.Domain.Exports;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>How the feed writes an event and what its filters mean: an export is the same bytes.</summary>
/// <param name="Line">Writes one event, and the body of a published one where that is asked for.</param>
public sealed record FeedForm(JsonWriterOptions Writing, FeedForm.WriteLine Line, Func<ExportFilter, EventFilter> Filter)
{
    /// <param name="bodies">Whether bodies are asked for.</param>
    /// <param name="body">JSON, as it may be shown; null when the event has none, or it is not kept any more.</param>
    public delegate void WriteLine(Utf8JsonWriter json, WholeEvent stored, bool bodies, byte[]? body);
}
