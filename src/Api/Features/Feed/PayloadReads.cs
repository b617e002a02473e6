using System.Collections.Concurrent;
using System.Security.Cryptography;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Feed;

/// <summary>
/// Tells each workspace who read bodies of its events. The first time before anything is handed out, then once an hour for one reader and filter, and what is left when this node stops.
/// A node that is killed leaves the telling of at most an hour out, of a reader of whom it had told.
/// </summary>
public sealed partial class PayloadReads(Store store, TimeProvider clock, ILogger<PayloadReads> log)
{
    public static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Reader, Tally> tallies = new();

    /// <summary>Who reads what: one of these is told of at a time.</summary>
    private sealed record Reader(string Workspace, string Actor, string? Elevation, string Types, string? Stream, string? Resource);

    private sealed class Tally
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public required EventMetadata Metadata { get; set; }
        public DateTimeOffset? ToldAt { get; set; }
        public DateTimeOffset FirstAt { get; set; }
        public Position From { get; set; }
        public Position To { get; set; }
        public long Count { get; set; }
    }

    /// <summary>Notes that somebody is about to read bodies of the events from one position to another. When it returns they may.</summary>
    /// <exception cref="StoreUnavailable">It could not be told, so nothing may be handed out.</exception>
    public async Task Note(Call call, FeedFilter filter, Position from, Position to, int count, CancellationToken stop)
    {
        if (count == 0) return;
        var reader = new Reader(call.Workspace.Id, call.Actor.Id, call.Elevation, string.Join(',', filter.Types ?? []), filter.Stream, filter.ResourceWithoutId);
        while (!await Noted(reader, call.Metadata(), from, to, count, stop).ConfigureAwait(false)) { }
    }

    private async Task<bool> Noted(Reader reader, EventMetadata metadata, Position from, Position to, int count, CancellationToken stop)
    {
        var tally = tallies.GetOrAdd(reader, _ => new() { Metadata = metadata });
        await tally.Turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            // It may have been put away while its turn was waited for.
            if (!tallies.TryGetValue(reader, out var kept) || kept != tally) return false;
            var now = clock.GetUtcNow();
            if (tally.Count == 0) (tally.From, tally.FirstAt) = (from, now);
            tally.Metadata = metadata;
            tally.To = to > tally.To || tally.Count == 0 ? to : tally.To;
            tally.From = from < tally.From ? from : tally.From;
            tally.Count += count;
            if (tally.ToldAt is null || now - tally.ToldAt >= TellEvery) await Tell(reader, tally, now, stop).ConfigureAwait(false);
            return true;
        }
        finally
        {
            tally.Turn.Release();
        }
    }

    /// <summary>Tells what is due, and when the process stops everything that is left.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false)) await Tell(all: false, stop).ConfigureAwait(false);
        }
        finally
        {
            if (stop.IsCancellationRequested)
            {
                using var bounded = new CancellationTokenSource(LastWords);
                await Tell(all: true, bounded.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task Tell(bool all, CancellationToken stop)
    {
        foreach (var (reader, tally) in tallies)
        {
            await tally.Turn.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                var now = clock.GetUtcNow();
                if (!all && now - tally.ToldAt < TellEvery) continue;
                if (tally.Count > 0) await Tell(reader, tally, now, stop).ConfigureAwait(false);
                else tallies.TryRemove(KeyValuePair.Create(reader, tally));
            }
            finally
            {
                tally.Turn.Release();
            }
        }
    }

    private async Task Tell(Reader reader, Tally tally, DateTimeOffset now, CancellationToken stop)
    {
        var at = new DateTimeOffset(now.Ticks / 10 * 10, TimeSpan.Zero);
        var read = new PayloadReadEvent.PayloadsRead(
            reader.Types.Length == 0 ? null : reader.Types.Split(','), reader.Stream, reader.Resource, tally.From.ToString(), tally.To.ToString(), tally.Count, tally.FirstAt, at);
        await store.For(reader.Workspace).Append(NewId(at), "payload_read", 0, [read], tally.Metadata with { At = at }, null, stop).ConfigureAwait(false);
        (tally.ToldAt, tally.Count) = (now, 0);
        Told(reader.Workspace, reader.Actor, read.Count);
    }

    private static string NewId(DateTimeOffset at)
    {
        Span<byte> chance = stackalloc byte[10];
        RandomNumberGenerator.Fill(chance);
        return Ids.Sortable("prd_", at, chance);
    }

    [LoggerMessage(EventName = "payloads.read", Level = LogLevel.Information, Message = "payloads.read {TenantId} {Actor} {Count}")]
    private partial void Told(string tenantId, string actor, long count);
}
