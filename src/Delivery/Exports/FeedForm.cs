using System.Text.Json;
using EventMesh.Domain.Exports;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>How the feed writes an event and what its filters mean: an export is the same bytes.</summary>
/// <param name="Line">Writes one event, and the body of a published one where that is asked for.</param>
/// <param name="Bodies">What of a workspace's bodies may be shown now.</param>
public sealed record FeedForm(JsonWriterOptions Writing, FeedForm.WriteLine Line, Func<ExportFilter, EventFilter> Filter, Func<string, FeedForm.BodiesShown> Bodies)
{
    /// <param name="RetentionDays">How long they are, by the plan of now.</param>
    public sealed record BodiesShown(RedactionRules Redaction, int RetentionDays);

    /// <param name="bodies">Whether bodies are asked for.</param>
    /// <param name="body">JSON, as it may be shown; null when the event has none, or it is not kept any more.</param>
    public delegate void WriteLine(Utf8JsonWriter json, WholeEvent stored, bool bodies, byte[]? body);
}
