using System.Security.Cryptography;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Events;

/// <summary>Where an event is.</summary>
/// <param name="Duplicate">It was published before, and this is the answer of then.</param>
public sealed record Published(string Id, Position Position, bool Duplicate);

/// <summary>
/// Appends published events. The stream's name is made from what identifies the event, so a second one meets the first one's primary key:
/// exact, for ever, without a cache, whichever node it comes to.
/// </summary>
public static class Publishing
{
    private const string StreamType = "published_event";
    private const string ContentType = "application/cloudevents+json";

    /// <exception cref="ProblemException">422: the key was used for another event.</exception>
    public static async Task<Published> One(Store store, Call call, CloudEvent one, string? idempotencyKey, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var stream = idempotencyKey is null ? Ids.OfEvent(one.Source, one.Id) : Ids.OfIdempotencyKey(idempotencyKey);
        call.Subject = stream;
        var published = Of(one, call.Now);
        var answer = (await workspace.AppendTogether([Append(workspace, stream, one, published, call)], stop).ConfigureAwait(false))[0];
        if (answer.Stored)
        {
            EdgeTelemetry.Accepted.Add(1);
            return new(stream, answer.Position, false);
        }
        EdgeTelemetry.Duplicates.Add(1);
        var (position, first) = await First(store, workspace, stream, stop).ConfigureAwait(false);
        if (idempotencyKey is not null && first.Sha256 != published.Sha256)
            throw Problem.IdempotencyKeyReused.At("Idempotency-Key", "was used before, for an event that differs from this one");
        return new(stream, position, true);
    }

    /// <summary>All in one transaction; each answered in its place.</summary>
    public static async Task<IReadOnlyList<Published>> All(Store store, Call call, IReadOnlyList<CloudEvent> batch, CancellationToken stop)
    {
        var workspace = store.For(call.Workspace.Id);
        var streams = batch.Select(e => Ids.OfEvent(e.Source, e.Id)).ToArray();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var appends = new List<Append>();
        for (var i = 0; i < streams.Length; i++)
            if (first.TryAdd(streams[i], appends.Count)) appends.Add(Append(workspace, streams[i], batch[i], Of(batch[i], call.Now), call));

        var answers = await workspace.AppendTogether(appends, stop).ConfigureAwait(false);
        var lost = streams.Where((s, _) => !answers[first[s]].Stored).Distinct(StringComparer.Ordinal).ToArray();
        var known = lost.Length == 0 ? [] : (await workspace.ReadStreams(lost, stop).ConfigureAwait(false)).ToDictionary(s => s.Id, s => s.Events[0].Position, StringComparer.Ordinal);
        var published = new Published[streams.Length];
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < streams.Length; i++)
        {
            var answer = answers[first[streams[i]]];
            var again = !given.Add(streams[i]);
            published[i] = new(streams[i], answer.Stored ? answer.Position : known[streams[i]], again || !answer.Stored);
        }
        EdgeTelemetry.Accepted.Add(published.Count(p => !p.Duplicate));
        EdgeTelemetry.Duplicates.Add(published.Count(p => p.Duplicate));
        return published;
    }

    private static Append Append(WorkspaceStore workspace, string stream, CloudEvent one, PublishedEventEvent.EventPublished published, Call call) =>
        workspace.Prepare(stream, StreamType, 0, [published], call.Metadata(stream), [new Payload(stream, DateOnly.FromDateTime(call.Now.UtcDateTime), ContentType, one.Json)]);

    private static PublishedEventEvent.EventPublished Of(CloudEvent one, DateTimeOffset at)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(one.Json.Span, digest);
        return new(one.Id, one.Source, one.Type, one.Subject, one.Resource, one.ResourceId, one.Time, one.Json.Length, Convert.ToHexStringLower(digest), at);
    }

    private static async Task<(Position Position, PublishedEventEvent.EventPublished What)> First(Store store, WorkspaceStore workspace, string stream, CancellationToken stop)
    {
        var first = (await workspace.ReadStreamPage(stream, 0, 1, stop).ConfigureAwait(false))[0];
        return (first.Position, (PublishedEventEvent.EventPublished)store.Types.Read(first));
    }
}
