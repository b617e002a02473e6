using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery;

/// <summary>
/// A checkpoint that is written now and then: what lies behind it and the last writing would be done twice after a crash, which costs time and nothing else,
/// while writing it after each page would cost every page a transaction.
/// </summary>
internal sealed class LazyCheckpoint(FeedLease lease, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    // Even when nothing happens: what was skipped need not be skipped again, and a lost lease is noticed.
    private static readonly TimeSpan WhenIdle = TimeSpan.FromSeconds(10);

    private long saved = clock.GetTimestamp();
    private bool worked;

    /// <summary>Everything up to here is done, written down or not.</summary>
    public Position Done { get; private set; } = lease.Checkpoint;

    /// <param name="work">Whether there was anything to do on the way.</param>
    /// <exception cref="StoreUnavailable">The database did not answer, and the lease may be lost.</exception>
    public async Task Move(Position done, bool work, CancellationToken stop)
    {
        Done = done;
        worked |= work;
        if (clock.GetElapsedTime(saved) < (worked ? Every : WhenIdle)) return;
        await lease.Save(done, stop).ConfigureAwait(false);
        (saved, worked) = (clock.GetTimestamp(), false);
    }
}
