using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery.Sharing;

/// <summary>
/// Divides what a workspace may do at once among the nodes that work. A node goes by what it has seen for <see cref="Valid"/> and no longer, and one that joins waits
/// as long before it starts anything: by then every other node has seen it, or has stopped. So the parts that may be used never add up to more than the whole.
/// </summary>
/// <param name="shared">Whether several nodes can work at all; with queues in the process there is one.</param>
public sealed class WorkerNodes(Store store, bool shared, TimeProvider clock)
{
    public static readonly TimeSpan Valid = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private sealed record Seen(int Rank, int Count, long At);

    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Seen? seen;

    /// <summary>Completes when this node may start to work.</summary>
    public Task Ready => shared ? ready.Task : Task.CompletedTask;

    /// <summary>Whether other nodes work, too.</summary>
    public bool Several => seen is { Count: > 1 };

    /// <summary>This node's part; 0 when there are more nodes than places, or it does not know how many there are.</summary>
    /// <param name="whole">Of all nodes together.</param>
    public int ShareOf(int whole)
    {
        if (!shared) return whole;
        return seen is { } now && clock.GetElapsedTime(now.At) < Valid ? Part(whole, now.Rank, now.Count) : 0;
    }

    internal static int Part(int whole, int rank, int count) => whole / count + (rank < whole % count ? 1 : 0);

    /// <summary>Takes part until stopped.</summary>
    /// <exception cref="StoreUnavailable">The membership was lost; call it again.</exception>
    public async Task Run(CancellationToken stop)
    {
        if (!shared) return;
        seen = null;
        await using var membership = await Membership.Join(store, "workers", stop).ConfigureAwait(false);
        try
        {
            var joined = clock.GetTimestamp();
            var alone = (await membership.Look(stop).ConfigureAwait(false)).Count == 1;
            while (true)
            {
                var at = clock.GetTimestamp();
                var (rank, count) = await membership.Look(stop).ConfigureAwait(false);
                if (alone || clock.GetElapsedTime(joined, at) >= Valid)
                {
                    seen = new(rank, count, at);
                    ready.TrySetResult();
                }
                await Task.Delay(BetweenLooks, clock, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            seen = null;
        }
    }
}
