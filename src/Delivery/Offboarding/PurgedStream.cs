using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Offboarding;

/// <summary>Reduces a workspace's history to its skeletons: type, time and the hash by which the log knows each event.</summary>
public sealed class PurgedStream(Store store)
{
    private const int PageEvents = 500;

    public async Task KeepSkeletons(string workspace, Purging purging, CancellationToken stop)
    {
        var canonical = new CanonicalEvent();
        while (true)
        {
            // From the beginning each time: what was kept is gone from here.
            var events = await store.For(workspace).ReadWhole(Position.Start, PageEvents, stop).ConfigureAwait(false);
            if (events.Count == 0) return;
            var leaves = events.Select(e => canonical.Leaf(StoredFields.Of(e)).ToArray()).ToArray();
            await purging.KeepSkeletons([.. events.Select(e => e.Event.Position.Sequence)], leaves, stop).ConfigureAwait(false);
        }
    }
}
