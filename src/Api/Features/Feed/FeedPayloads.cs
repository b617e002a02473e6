using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>The bodies of published events beside their lines: redacted as the workspace has it, recorded before they are handed out, and a few megabytes at a time.</summary>
/// <param name="rulesOf">A workspace's rules as they are now: a follower stays for days.</param>
public sealed class FeedPayloads(Store store, PayloadReads reads, Func<string, RedactionRules> rulesOf)
{
    /// <summary>Of bodies that are in memory at once for one reader.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private const string Published = "event_published";

    /// <summary>Cuts a page into pieces whose bodies have at most <see cref="BytesMax"/>, or one event each.</summary>
    public static IEnumerable<ArraySegment<WholeEvent>> Pieces(WholeEvent[] page)
    {
        var (first, bytes) = (0, 0L);
        for (var i = 0; i < page.Length; i++)
        {
            var size = SizeOf(page[i].Event);
            if (i > first && bytes + size > BytesMax)
            {
                yield return new(page, first, i - first);
                (first, bytes) = (i, 0);
            }
            bytes += size;
        }
        if (first < page.Length) yield return new(page, first, page.Length - first);
    }

    /// <summary>The bodies of a piece's published events, by stream, as they may be shown; those that are no longer there are left out.</summary>
    /// <exception cref="StoreUnavailable">They cannot be read, or their reading cannot be recorded.</exception>
    public async Task<Dictionary<string, byte[]>> Of(Call call, FeedFilter filter, ArraySegment<WholeEvent> piece, CancellationToken stop)
    {
        var published = piece.Select(e => e.Event).Where(e => IsPublished(e) && !Retention.IsOver(e.At, call.Workspace.RetentionDays, call.Now)).ToArray();
        if (published.Length == 0) return [];
        var bodies = await store.ReadPayloads([.. published.Select(e => (call.Workspace.Id, e.Stream, DateOnly.FromDateTime(e.At.UtcDateTime)))], stop).ConfigureAwait(false);
        var rules = rulesOf(call.Workspace.Id);
        var shown = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < bodies.Length; i++)
            // One that does not open is, like one that has expired, not there for anybody.
            if (bodies[i].Body is { } body) shown[published[i].Stream] = rules.OfEvent(body);
        await reads.Note(call, filter, published[0].Position, published[^1].Position, shown.Count, stop).ConfigureAwait(false);
        return shown;
    }

    /// <summary>Whether an event is one that has a body.</summary>
    public static bool IsPublished(StoredEvent stored) => stored.Type == Published;

    private static long SizeOf(StoredEvent stored)
    {
        if (!IsPublished(stored)) return 0;
        var json = new Utf8JsonReader(stored.Data.Span);
        while (json.Read())
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("size"u8) && json.Read()) return json.TryGetInt64(out var size) ? size : 0;
        return 0;
    }
}
