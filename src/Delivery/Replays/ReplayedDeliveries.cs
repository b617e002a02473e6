using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;
using DeliveryState = EventMesh.Domain.Deliveries.Delivery;

namespace EventMesh.Delivery.Replays;

/// <summary>
/// Deliveries that there are, asked for once more under their own ids. Each request names the replay as its cause: a delivery whose stream holds one is done,
/// whoever comes back to it after a crash.
/// </summary>
internal sealed class ReplayedDeliveries(Store store, IndexFollower follower, TimeProvider clock, RunningReplay replay) : IReplayed
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int LostMax = 20;

    private readonly WorkspaceStore workspace = store.For(replay.Workspace);
    private readonly DeliverySelection selection = SelectionOf(replay.Asked.Filter);

    public static DeliverySelection SelectionOf(ReplayFilter filter) =>
        new(filter.Since, filter.Until, filter.Types, filter.Connection, filter.Rule, filter.Statuses ?? []);

    public async Task<(Position Pinned, long Found)> Count(CancellationToken stop)
    {
        while (!await ReadModel.WaitFor(store, DeliveriesProjection.Name, replay.Started, Patience, stop).ConfigureAwait(false)) { }
        var count = await SelectedDeliveries.Count(workspace, selection, stop).ConfigureAwait(false);
        return (count.UpTo, count.Parts.Sum(p => p.Count));
    }

    public async Task<ReplayPage> Read(Position pinned, string? cursor, int limit, CancellationToken stop)
    {
        var page = await SelectedDeliveries.Page(workspace, selection, pinned, cursor, limit, stop).ConfigureAwait(false);
        return new([.. page.Items.Select(d => d.Id)], page.Next);
    }

    public async Task<IReadOnlyList<SkippedBecause?>> Replay(Position pinned, IReadOnlyList<string> ids, CancellationToken stop)
    {
        var became = new List<SkippedBecause?>(ids.Count);
        for (var lost = 0; ids.Count > 0; lost++)
        {
            // A delivery that others keep writing to is on its way.
            if (lost == LostMax) return [.. became, .. ids.Select(_ => (SkippedBecause?)SkippedBecause.Changed)];
            var streams = (await workspace.ReadStreams(ids, stop).ConfigureAwait(false)).ToDictionary(s => s.Id, StringComparer.Ordinal);
            var there = await workspace.FindPayloads([.. streams.Values.Select(OfOf).Select(of => (of.Event, DateOnly.FromDateTime(of.AcceptedAt.UtcDateTime)))], stop).ConfigureAwait(false);
            var appends = new List<Append>();
            foreach (var id in ids)
            {
                // Without a stream it waits for its first attempt.
                var (append, skipped) = streams.TryGetValue(id, out var stream) ? Decide(stream, pinned, there) : (null, SkippedBecause.DueAlready);
                if (append is null) became.Add(skipped);
                else appends.Add(append);
            }
            if (appends.Count == 0) break;
            var answers = await workspace.AppendTogether(appends, stop).ConfigureAwait(false);
            became.AddRange(answers.Where(a => a.Stored).Select(_ => (SkippedBecause?)null));
            ids = [.. appends.Where((_, i) => !answers[i].Stored).Select(a => a.Stream)];
        }
        return became;
    }

    /// <returns>What to append; if nothing, why the delivery is skipped, or null when this replay has asked for it before.</returns>
    private (Append? Append, SkippedBecause? Skipped) Decide(StoredStream stream, Position pinned, HashSet<string> there)
    {
        if (stream.Events.Any(e => e.CausationId == replay.Id && e.Type == "delivery_retry_requested")) return (null, null);
        var state = stream.Events.Aggregate(DeliveryState.Initial, (s, e) => DeliveryState.Evolve(s, (DeliveryEvent)store.Types.Read(e)));
        if (stream.Events[^1].Position > pinned) return (null, SkippedBecause.Changed);
        if (state is DeliveryState.Scheduled) return (null, SkippedBecause.DueAlready);
        var of = OfOf(stream);
        if (!there.Contains(of.Event)) return (null, SkippedBecause.PayloadExpired);
        if (Unreachable(follower.Index.Find(replay.Workspace), of.Connection) is { } unreachable) return (null, unreachable);

        var now = clock.GetUtcNow();
        var asked = DeliveryDecider.Decide(new DeliveryCommand.RetryDelivery(of, now), state);
        // The automatic attempt is on its way.
        if (asked.Length == 0) return (null, SkippedBecause.DueAlready);
        return (workspace.Prepare(stream.Id, "delivery", stream.Version, asked, new EventMetadata(now, replay.Actor, of.Event, replay.Id, null, replay.Elevation)), null);
    }

    /// <summary>Why nothing can be sent to a connection; null when it can.</summary>
    public static SkippedBecause? Unreachable(ConfiguredWorkspace? workspace, string connection) => workspace?.Connections.GetValueOrDefault(connection) switch
    {
        Connection.Enabled => null,
        Connection.Disabled => SkippedBecause.ConnectionDisabled,
        _ => SkippedBecause.ConnectionDeleted,
    };

    private DeliveryTarget OfOf(StoredStream stream) => ((DeliveryEvent)store.Types.Read(stream.Events[0])).Of;
}
