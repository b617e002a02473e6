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

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, "retry-clock", stop).ConfigureAwait(false);
        var run = Guid.NewGuid();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Exception? failure = null;
        while (!failed.IsCancellationRequested)
        {
            var due = await RetryTimers.Claim(lease, run, clock.GetUtcNow(), ClaimMax, stop).ConfigureAwait(false);
            if (due.Count > 0)
            {
                Woken(due.Count);
                _ = HandOver([.. due.Select(t => t.Dispatch)]);
            }
            if (due.Count < ClaimMax) await Task.Delay(Tick, clock, failed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        stop.ThrowIfCancellationRequested();
        throw failure!;

        async Task HandOver(Dispatch[] dispatches)
        {
            try
            {
                await queues.Put(dispatches, stop).ConfigureAwait(false);
                await timers.Remove(run, dispatches, stop).ConfigureAwait(false);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                // This run ends; the next one, here or elsewhere, claims these timers again.
                failure = e;
                await failed.CancelAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Stopping: the timers stay for the next run.
            }
        }
    }

    [LoggerMessage(EventName = "retry.woken", Level = LogLevel.Debug, Message = "{Count} attempts are due")]
    private partial void Woken(int count);
}
