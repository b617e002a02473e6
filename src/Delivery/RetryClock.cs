using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Messaging;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Wakes what is due. One node at a time; what a crashed run had claimed is claimed again by the next. A timer goes only when its dispatch is safe,
/// so a crash in between hands it out twice and never not at all.
/// </summary>
public sealed partial class RetryClock(Store store, IDispatchQueues queues, TimeProvider clock, ILogger<RetryClock> log)
{
    private const int ClaimMax = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly RetryTimers timers = new(store);
    // Of this process, not of one call of Run: what it has handed to the queues is theirs, also when the database was away in between.
    private readonly Guid run = Guid.NewGuid();

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, "retry-clock", stop).ConfigureAwait(false);
        while (true)
        {
            var due = await RetryTimers.Claim(lease, run, clock.GetUtcNow(), ClaimMax, stop).ConfigureAwait(false);
            if (due.Count > 0)
            {
                Woken(due.Count);
                _ = HandOver([.. due.Select(t => t.Dispatch)], stop);
            }
            if (due.Count < ClaimMax) await Task.Delay(Tick, clock, stop).ConfigureAwait(false);
        }
    }

    private async Task HandOver(Dispatch[] dispatches, CancellationToken stop)
    {
        try
        {
            await queues.Put(dispatches, stop).ConfigureAwait(false);
            for (var removed = false; !removed;) removed = await TryRemove(dispatches, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the timers stay, and the next run claims them again.
        }
    }

    private async Task<bool> TryRemove(Dispatch[] dispatches, CancellationToken stop)
    {
        try
        {
            await timers.Remove(run, dispatches, stop).ConfigureAwait(false);
            return true;
        }
        catch (StoreUnavailable trouble)
        {
            NotRemoved(dispatches.Length, trouble.Message);
            await Task.Delay(Tick * 5, clock, stop).ConfigureAwait(false);
            return false;
        }
    }

    [LoggerMessage(EventName = "retry.not_removed", Level = LogLevel.Warning, Message = "{Count} timers that are done stay for now: {Reason}")]
    private partial void NotRemoved(int count, string reason);

    [LoggerMessage(EventName = "retry.woken", Level = LogLevel.Debug, Message = "{Count} attempts are due")]
    private partial void Woken(int count);
}
