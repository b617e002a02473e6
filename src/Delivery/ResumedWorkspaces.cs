using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery;

/// <summary>Sees from the feed which workspaces go on after a suspension, and wakes what was held. A page that is read again wakes nothing twice: what was woken is held no more.</summary>
public sealed class ResumedWorkspaces(Store store, TimeProvider clock)
{
    public const string FeedName = "resumed-workspaces";
    private const int PageEvents = 1_000;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(50);

    /// <summary>A node that had not heard of it yet may hold something once more; by then every node has.</summary>
    private static readonly TimeSpan OnceMore = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<string> Types = ["workspace_resumed", "workspace_closing_cancelled"];

    private readonly RetryTimers timers = new(store);

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, FeedName, stop).ConfigureAwait(false);
        var saved = new LazyCheckpoint(lease, clock);
        var tempo = new Tempo(store, Apart);
        while (true)
        {
            tempo.Look();
            var page = await store.ReadFeed(saved.Done, PageEvents, Types, stop).ConfigureAwait(false);
            await Wake(page.Events, stop).ConfigureAwait(false);
            await saved.Move(page.UpTo, page.Events.Count > 0, stop).ConfigureAwait(false);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    private async Task Wake(IReadOnlyList<StoredEvent> resumed, CancellationToken stop)
    {
        if (resumed.Count == 0) return;
        foreach (var workspace in resumed.Select(e => e.Workspace).Distinct(StringComparer.Ordinal)) await timers.Wake(workspace, stop).ConfigureAwait(false);
        await Task.Delay(OnceMore, clock, stop).ConfigureAwait(false);
        foreach (var workspace in resumed.Select(e => e.Workspace).Distinct(StringComparer.Ordinal)) await timers.Wake(workspace, stop).ConfigureAwait(false);
    }
}
