using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.OAuth;

/// <summary>Sees from the feed which tokens are used no more: their connection was deleted, or its credential revoked or replaced. A page that is read again ends nothing twice.</summary>
public sealed class EndedTokens(Store store, TokenTable table, TimeProvider clock)
{
    public const string FeedName = "oauth-ended";
    private const int PageEvents = 1_000;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(50);

    private static readonly IReadOnlyList<string> Types = ["connection_credential_set", "connection_credential_revoked", "connection_deleted"];

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, FeedName, stop).ConfigureAwait(false);
        var saved = new LazyCheckpoint(lease, clock);
        var tempo = new Tempo(store, Apart);
        while (true)
        {
            tempo.Look();
            var page = await store.ReadFeed(saved.Done, PageEvents, Types, stop).ConfigureAwait(false);
            // By the time of the event: tokens of a later authorization are not meant.
            foreach (var ended in page.Events) await table.End(ended.Workspace, ended.Stream, ended.At, stop).ConfigureAwait(false);
            await saved.Move(page.UpTo, page.Events.Count > 0, stop).ConfigureAwait(false);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }
}
