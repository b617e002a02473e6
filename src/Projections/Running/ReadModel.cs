using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Projections.Running;

/// <summary>Reading one's own writes: a reader names the position it has been given, and waits until the read model holds it.</summary>
public static class ReadModel
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until the read model holds <paramref name="position"/>, whichever node keeps it up to date.</summary>
    /// <returns>False when it did not within <paramref name="timeout"/>.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<bool> WaitFor(Store store, string name, Position position, TimeSpan timeout, CancellationToken stop = default)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await FeedLease.CheckpointOf(store, "projection:" + name, stop).ConfigureAwait(false) < position)
        {
            if (TimeProvider.System.GetElapsedTime(started) >= timeout) return false;
            await Task.Delay(LookAgain, stop).ConfigureAwait(false);
        }
        return true;
    }
}
