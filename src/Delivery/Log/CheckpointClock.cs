using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Log;

/// <summary>
/// Has a checkpoint signed of every log that grows, once a minute at least: on one node at a time. Before it waits for its turn it compares every log with what was signed of it,
/// so that a database that was exchanged while the node was away is noticed.
/// </summary>
/// <param name="every">Between two checkpoints of a log, at most.</param>
public sealed class CheckpointClock(Store store, CheckpointSigner signer, Witnesses witnesses, TimeProvider clock, TimeSpan every)
{
    public const string LeaseName = "log-checkpoints";
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private const int Together = 200;

    public async Task Run(CancellationToken stop)
    {
        await CompareAll(stop).ConfigureAwait(false);
        await using var lease = await LeaseSession.Open(store, stop).ConfigureAwait(false);
        // What a look finds was signed almost that long ago, and is signed before it is older than it may be.
        using var looks = new PeriodicTimer(every / 6, clock);
        do
        {
            // Taken again by its holder, and lost with the session: then this throws, and the host begins anew.
            if (await lease.TryTake(LeaseName, stop).ConfigureAwait(false)) await Look(stop).ConfigureAwait(false);
        }
        while (await looks.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    private async Task Look(CancellationToken stop)
    {
        var due = await LogHead.Due(store, clock.GetUtcNow() - (every * 2 / 3), stop).ConfigureAwait(false);
        foreach (var some in due.Chunk(Together)) await signer.Sign(some, stop).ConfigureAwait(false);
        if (due.Count > 0) witnesses.Wake();
    }

    private async Task CompareAll(CancellationToken stop)
    {
        for (var after = "";;)
        {
            var some = await LogHead.SignedAfter(store, after, stop).ConfigureAwait(false);
            if (some.Count == 0) return;
            await signer.Compare(some, stop).ConfigureAwait(false);
            after = some[^1];
        }
    }
}
