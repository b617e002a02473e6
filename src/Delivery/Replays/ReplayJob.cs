using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Replays;

/// <summary>
/// One replay on its way: count, then read a batch, replay it, write down how far it is, at the replay's rate. What is written down names the batch in hand before
/// it is replayed, so whoever goes on after a crash begins with that batch; the replay's name in the history tells what of it was done.
/// </summary>
/// <param name="turns">Taken for each batch, so that replays of one node take turns whatever their size.</param>
/// <param name="stop">This process stops, or has lost the lease: nothing more is written.</param>
/// <param name="cancel">Somebody asked that the replay stop.</param>
internal sealed class ReplayJob(IReplayed replayed, RunningReplay replay, LeaseSession lease, SemaphoreSlim turns, TimeProvider clock, CancellationToken stop, CancellationToken cancel)
{
    private const int BatchMax = 100;
    private const int BatchesPerSecond = 4;

    private readonly int batch = Math.Clamp(replay.Asked.RatePerSecond / BatchesPerSecond, 1, BatchMax);
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <returns>How it ended, and how far it had come; null when it had not counted yet.</returns>
    public async Task<(ReplayOutcome Outcome, ReplayProgress? Progress)> Run()
    {
        var progress = await ReplayProgress.Of(lease, replay, stop).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancel);
        try
        {
            progress ??= await Begin(either.Token).ConfigureAwait(false);
            while (progress.InHand.Count > 0 || progress.Cursor != ReplayProgress.End)
            {
                await Pace(either.Token).ConfigureAwait(false);
                progress = await Turn(progress).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return (ReplayOutcome.Cancelled, progress);
        }
        // What was there when it was counted and was not found any more has changed meanwhile.
        return (ReplayOutcome.Finished, progress.WithChanged(Math.Max(0, progress.Left)));
    }

    private async Task<ReplayProgress> Begin(CancellationToken either)
    {
        var (pinned, found) = await replayed.Count(either).ConfigureAwait(false);
        var progress = new ReplayProgress(pinned, found, null, [], 0, new Dictionary<SkippedBecause, long>(), clock.GetUtcNow());
        await progress.Save(lease, replay, stop).ConfigureAwait(false);
        return progress;
    }

    /// <summary>Waits until as much time has passed as what was replayed may take at the rate asked for.</summary>
    private async Task Pace(CancellationToken either)
    {
        either.ThrowIfCancellationRequested();
        var wait = next - clock.GetUtcNow();
        if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, either).ConfigureAwait(false);
    }

    // Begun, a batch is brought to its end: cancelling in the middle would leave it uncounted.
    private async Task<ReplayProgress> Turn(ReplayProgress progress)
    {
        await turns.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (progress.InHand.Count > 0)
            {
                var began = clock.GetUtcNow();
                var before = progress.Done;
                progress = progress.With(await replayed.Replay(progress.Pinned, progress.InHand, stop).ConfigureAwait(false));
                next = (next > began ? next : began) + TimeSpan.FromSeconds((progress.Done - before) / (double)replay.Asked.RatePerSecond);
            }
            if (progress.Cursor != ReplayProgress.End)
            {
                var page = await replayed.Read(progress.Pinned, progress.Cursor, batch, stop).ConfigureAwait(false);
                progress = progress with { Cursor = page.Next ?? ReplayProgress.End, InHand = page.Ids };
            }
            progress = progress with { UpdatedAt = clock.GetUtcNow() };
            await progress.Save(lease, replay, stop).ConfigureAwait(false);
            return progress;
        }
        finally
        {
            turns.Release();
        }
    }
}
