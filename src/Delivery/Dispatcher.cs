using EventMesh.Delivery.Ordering;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Messaging;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Hands work over to the queues. It reads the feed for deliveries that are due now, and puts a dispatch for each on its workspace's queue; those due
/// later become timers. Its checkpoint follows what the queues have made safe, never what was only handed to them: a crash hands over twice, and
/// the worker sees which attempts are still awaited.
/// </summary>
public sealed partial class Dispatcher(Store store, IDispatchQueues queues, TimeProvider clock, ILogger<Dispatcher> log)
{
    private const int PageEvents = 1_000;
    private const int HandedOverMax = 2_000;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(3);

    private static readonly IReadOnlyList<string> Types = ["event_routed", "delivery_attempt_failed", "delivery_retry_requested", "delivery_discarded"];

    // A delivery is born on its event's stream, and its own does not exist before the first outcome.
    private const long Unborn = 0;

    private readonly RetryTimers timers = new(store);
    private readonly OrderLines lines = new(store);

    // Kept over calls of Run: what the queues hold they still hold when the database was away in between, and handing it over again would double it.
    private readonly Queue<(Position UpTo, Task Safe)> handedOver = new();
    private Position read = Position.Start;
    private Position moved = Position.Start;

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, "dispatcher", stop).ConfigureAwait(false);
        var saved = new LazyCheckpoint(lease, clock);
        if (lease.Checkpoint > moved || handedOver.Any(h => h.Safe.IsFaulted || h.Safe.IsCanceled))
        {
            // The first call, or another node has moved on: whatever this one handed over is behind it or will be handed over again.
            handedOver.Clear();
            (read, moved) = (lease.Checkpoint, lease.Checkpoint);
        }
        Started(read.ToString());
        var tempo = new Tempo(store, Apart);
        while (true)
        {
            tempo.Look();
            var page = await store.ReadFeed(read, PageEvents, Types, stop).ConfigureAwait(false);
            var work = page.Events.Count > 0;
            if (work) handedOver.Enqueue((page.UpTo, await HandOver(page.Events, stop).ConfigureAwait(false)));
            read = page.UpTo;

            while (handedOver.TryPeek(out var first) && (first.Safe.IsCompleted || handedOver.Count > HandedOverMax))
            {
                await first.Safe.ConfigureAwait(false);
                moved = handedOver.Dequeue().UpTo;
                await saved.Move(moved, true, stop).ConfigureAwait(false);
            }
            if (handedOver.Count == 0) await saved.Move(moved = read, work, stop).ConfigureAwait(false);

            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    /// <returns>A task that completes when the queues have made everything safe. The timers are set already.</returns>
    private async Task<Task> HandOver(IReadOnlyList<StoredEvent> events, CancellationToken stop)
    {
        var dispatches = new List<Dispatch>(events.Count);
        var ordered = new List<LinedUp>();
        var later = new Dictionary<(string, string), RetryTimer>();
        foreach (var stored in events)
        {
            switch (store.Types.TryRead(stored, out var fault))
            {
                case null:
                    Unreadable(stored.Workspace, stored.Stream, fault);
                    break;
                case PublishedEventEvent.EventRouted routed:
                    foreach (var delivery in routed.Deliveries)
                    {
                        var first = Of(stored, delivery.Id, new DeliveryTarget(stored.Stream, routed.AcceptedAt, delivery.Connection, delivery.Rule, delivery.Line), 1, Unborn);
                        if (delivery.Line is null) dispatches.Add(first);
                        else ordered.Add(new(first, delivery.Key ?? ""));
                    }
                    break;
                case DeliveryEvent.DeliveryDiscarded { Reason: DiscardedBecause.Skipped, Of.Line: not null } skipped:
                    dispatches.Add(Of(stored, stored.Stream, skipped.Of, 1, stored.Version));
                    break;
                case DeliveryEvent.DeliveryRetryRequested asked:
                    dispatches.Add(Of(stored, stored.Stream, asked.Of, asked.Attempt, stored.Version));
                    break;
                case DeliveryEvent.DeliveryAttemptFailed { RetryAt: { } retryAt } failed:
                    later[(stored.Workspace, stored.Stream)] = new(Of(stored, stored.Stream, failed.Of, failed.Attempt.Number + 1, stored.Version), retryAt);
                    break;
            }
        }
        await timers.Set([.. later.Values], stop).ConfigureAwait(false);
        // In the order of the feed, which is that of acceptance. Only the heads of lines are dispatched: a line goes on by itself.
        dispatches.AddRange(await lines.Join(ordered, stop).ConfigureAwait(false));
        HandedOver(dispatches.Count, later.Count);
        return dispatches.Count == 0 ? Task.CompletedTask : queues.Put(dispatches, stop);
    }

    private static Dispatch Of(StoredEvent stored, string delivery, DeliveryTarget of, int attempt, long version) =>
        new(stored.Workspace, delivery, of.Event, of.AcceptedAt, of.Connection, of.Rule, attempt, stored.Position.ToString(), stored.TraceParent, version, of.Line);

    [LoggerMessage(EventName = "dispatcher.started", Level = LogLevel.Information, Message = "Dispatching from {Position}")]
    private partial void Started(string position);

    [LoggerMessage(EventName = "dispatcher.unreadable", Level = LogLevel.Error, Message = "dispatcher.unreadable {tenant_id} {stream}: {reason}")]
    private partial void Unreadable(string tenant_id, string stream, string? reason);

    [LoggerMessage(EventName = "dispatcher.handed_over", Level = LogLevel.Debug, Message = "{Now} attempts due now, {Later} later")]
    private partial void HandedOver(int now, int later);
}
