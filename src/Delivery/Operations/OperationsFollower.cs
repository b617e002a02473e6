using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Operations;

/// <summary>
/// Tells workspaces what their owners should know: reads what happened, publishes an operational event for it and routes that to the workspace's operational connections.
/// A page that is read again after a crash leads to the same events, and the second of each is a duplicate.
/// </summary>
public sealed partial class OperationsFollower(Store store, IndexFollower follower, TimeProvider clock, ILogger<OperationsFollower> log)
{
    public const string FeedName = "operations";
    private const int PageEvents = 500;
    private const int StreamsAtOnce = 100;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(50);

    /// <summary>That of <c>ix_mt_events_operations</c>, word for word.</summary>
    private static readonly FeedCondition Condition = new("""
        m.type in ('connection_disabled', 'connection_enabled', 'connection_credential_revoked', 'connection_needs_attention', 'delivery_dead_lettered', 'limit_exceeded', 'replay_finished')
        or (m.type = 'delivery_attempt_failed' and m.data #> '{attempt,number}' >= '4'::jsonb)
        or (m.type = 'delivery_succeeded' and m.data #> '{attempt,number}' >= '2'::jsonb)
        """);

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, FeedName, stop).ConfigureAwait(false);
        var saved = new LazyCheckpoint(lease, clock);
        var tempo = new Tempo(store, Apart);
        while (true)
        {
            tempo.Look();
            var page = await store.ReadFeed(saved.Done, PageEvents, Condition, stop).ConfigureAwait(false);
            if (page.Events.Count > 0)
            {
                // A connection configured before what happened to it is known here.
                await follower.WaitFor(page.UpTo, stop).ConfigureAwait(false);
                foreach (var workspace in page.Events.GroupBy(e => e.Workspace, StringComparer.Ordinal)) await Tell(workspace.Key, [.. workspace], stop).ConfigureAwait(false);
            }
            await saved.Move(page.UpTo, page.Events.Count > 0, stop).ConfigureAwait(false);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    private async Task Tell(string id, IReadOnlyList<StoredEvent> events, CancellationToken stop)
    {
        if (follower.Index.Find(id) is not { } workspace) return;
        string[] to = [.. workspace.Connections.Where(c => c.Value is Connection.Enabled { IsOperational: true }).Select(c => c.Key).Order(StringComparer.Ordinal)];
        if (to.Length == 0) return;
        var histories = await Histories(id, events, stop).ConfigureAwait(false);
        var told = new List<Append>();
        foreach (var stored in events)
        {
            try
            {
                var history = histories.GetValueOrDefault(stored.Stream)?.TakeWhile(e => e.Version <= stored.Version).Select(store.Types.Read).ToArray() ?? [];
                if (Telling.Of(stored, history, workspace, store.Types) is { } telling) told.Add(telling.To(to, store, clock.GetUtcNow(), workspace.RetentionDays));
            }
            catch (Exception unreadable) when (unreadable is System.Text.Json.JsonException or InvalidOperationException)
            {
                // It belongs to one workspace, and stops nobody.
                Unreadable(id, stored.Stream, unreadable.Message);
            }
        }
        var answers = await store.AppendTogether(told, stop).ConfigureAwait(false);
        Told(id, answers.Count(a => a.Stored));
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<StoredEvent>>> Histories(string workspace, IReadOnlyList<StoredEvent> events, CancellationToken stop)
    {
        var histories = new Dictionary<string, IReadOnlyList<StoredEvent>>(StringComparer.Ordinal);
        foreach (var streams in events.Where(e => e.Type.StartsWith("delivery_", StringComparison.Ordinal)).Select(e => e.Stream).Distinct(StringComparer.Ordinal).Chunk(StreamsAtOnce))
            foreach (var stream in await store.For(workspace).ReadStreams(streams, stop).ConfigureAwait(false)) histories[stream.Id] = stream.Events;
        return histories;
    }

    [LoggerMessage(EventName = "operations.told", Level = LogLevel.Information, Message = "operations.told {tenant_id} {events}")]
    private partial void Told(string tenant_id, int events);

    [LoggerMessage(EventName = "operations.unreadable", Level = LogLevel.Error, Message = "operations.unreadable {tenant_id} {stream}: {reason}")]
    private partial void Unreadable(string tenant_id, string stream, string reason);
}
