using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;

namespace EventMesh.Delivery.Operations;

/// <summary>Something the platform tells a workspace about itself.</summary>
/// <param name="Cause">The stored event that it tells of.</param>
/// <param name="Type">Such as <c>delivery.failing</c>.</param>
/// <param name="Subject">Id of what it is about.</param>
public sealed record OperationalEvent(StoredEvent Cause, string Type, string Subject, JsonObject Data)
{
    /// <summary>The name under which deliveries of operational events stand where others have their rule.</summary>
    public const string Rule = "operational";

    private const string ContentType = "application/cloudevents+json";

    /// <summary>
    /// Published and routed at once, in one append: rules never see it. Its stream is named after the position of its cause, so telling twice of one thing is a duplicate.
    /// </summary>
    /// <param name="connections">The operational connections it goes to; at least one.</param>
    public Append To(IEnumerable<string> connections, Store store, DateTimeOffset now, int retentionDays)
    {
        var id = $"{Cause.Position}/{Type}";
        var stream = Ids.OfEvent(PlatformSource.Operations, id);
        var json = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["specversion"] = "1.0", ["id"] = id, ["source"] = PlatformSource.Operations, ["type"] = Type, ["subject"] = Subject,
            ["time"] = Time, ["datacontenttype"] = "application/json", ["data"] = Data,
        });
        var published = new PublishedEventEvent.EventPublished(
            id, PlatformSource.Operations, Type, Subject, null, null, Time, json.Length, Convert.ToHexStringLower(SHA256.HashData(json)), now);
        var routed = PublishedEventDecider.Decide(
            new PublishedEventCommand.RouteEvent(stream, [.. connections.Select(c => new Route(Rule, c))], now), new PublishedEvent.Accepted(published));
        return store.For(Cause.Workspace).Prepare(stream, "published_event", 0, [published, .. routed],
            new EventMetadata(now, "eventmesh", Cause.CorrelationId, Cause.Stream, Cause.TraceParent), [new Payload(stream, DateOnly.FromDateTime(now.UtcDateTime), ContentType, json) { RetentionDays = retentionDays }]);
    }

    private string Time => Cause.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
