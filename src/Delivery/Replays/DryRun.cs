using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;

namespace EventMesh.Delivery.Replays;

/// <summary>Counts what a replay would find if it were asked for now, and stores nothing.</summary>
/// <param name="eventsMax">Published events to look at for missing deliveries.</param>
public sealed class DryRun(Store store, IndexFollower follower, int eventsMax = ReplayLimits.DryRunEventsMax)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <exception cref="TooFar">What the workspace did last has not been taken in within 5 seconds.</exception>
    /// <exception cref="TooMany">There are more published events than may be looked at.</exception>
    public async Task<IReadOnlyList<FoundCount>> Count(string workspace, ReplayKind kind, ReplayFilter filter, CancellationToken stop)
    {
        var of = store.For(workspace);
        if (kind == ReplayKind.Deliveries)
        {
            if (!await ReadModel.WaitFor(store, DeliveriesProjection.Name, await of.ReadLastPosition(stop).ConfigureAwait(false), Patience, stop).ConfigureAwait(false)) throw new TooFar();
            var count = await SelectedDeliveries.Count(of, ReplayedDeliveries.SelectionOf(filter), stop).ConfigureAwait(false);
            return [.. count.Parts.Select(p => new FoundCount(p.Connection, p.Status, p.Count))];
        }

        // Routing first comes to what was published; what it has come to and did not route is missing.
        if (await of.ReadNewest("event_published", null, 1, stop).ConfigureAwait(false) is not [var newest]) return [];
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            patience.CancelAfter(Patience);
            try
            {
                while (await FeedLease.CheckpointOf(store, FanOut.FeedName, patience.Token).ConfigureAwait(false) < newest.Position) await Task.Delay(LookAgain, patience.Token).ConfigureAwait(false);
                await follower.CatchUp(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new TooFar();
            }
        }
        var rules = follower.Index.Find(workspace) ?? ConfiguredWorkspace.Empty(workspace);
        var pinned = await of.ReadLastPosition(stop).ConfigureAwait(false);
        return await new MissingScan(store, filter, rules, newest.Position, pinned).Count(eventsMax, stop).ConfigureAwait(false) ?? throw new TooMany();
    }

    public sealed class TooFar() : Exception("What happened last has not been taken in yet.");

    public sealed class TooMany() : Exception("There are more published events than a dry run looks at.");
}
