using EventMesh.Api.Features.RawData;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Events;

/// <summary>A published event as it is shown. Its body is not part of it.</summary>
/// <param name="CloudEventId">The id that its publisher gave it; <paramref name="Id"/> is ours.</param>
/// <param name="Size">Bytes of the event in canonical structured JSON.</param>
/// <param name="Sha256">Of the same bytes, in hex.</param>
public sealed record EventView(
    string Id, string CloudEventId, string Type, string Source, string? Subject, string? Resource, string? ResourceId, string? Time,
    DateTimeOffset AcceptedAt, int Size, string Sha256, string Position)
{
    public static EventView Of(StoredEvent stored, PublishedEventEvent.EventPublished what) =>
        new(stored.Stream, what.Id, what.Type, what.Source, what.Subject, what.Resource, what.ResourceId, what.Time, what.At, what.Size, what.Sha256, stored.Position.ToString());
}

/// <summary>An event with what became of it.</summary>
/// <param name="Body">With <c>include=data</c>: the event itself, CloudEvents 1.0 structured JSON, redacted.</param>
public sealed record RoutedEventView(
    string Id, string CloudEventId, string Type, string Source, string? Subject, string? Resource, string? ResourceId, string? Time,
    DateTimeOffset AcceptedAt, int Size, string Sha256, string Position, string? CorrelationId, DateTimeOffset? RoutedAt, IReadOnlyList<RoutedEventView.DeliveryView> Deliveries,
    ShownBody? Body = null)
{
    public sealed record DeliveryView(string Id, string Connection, string Rule, string Status);
}
