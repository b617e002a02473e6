using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Replays;

/// <summary>
/// Deliveries that there are not, made by the rules as they stood when the replay was asked for. They are born like any others, in an <c>event_routed</c> on their
/// event's stream, with the ids they would have had; the routing names the replay as its cause.
/// </summary>
internal sealed class ReplayedMissing(Store store, IndexFollower follower, TimeProvider clock, RunningReplay replay) : IReplayed
{
    private const int LookedAtMax = 2_000;
    private const int LostMax = 20;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly WorkspaceStore workspace = store.For(replay.Workspace);
    private MissingScan? scan;

    public async Task<(Position Pinned, long Found)> Count(CancellationToken stop)
    {
        // What fan-out has not come to is not missing, and must not be routed before it does: an event is routed by the rules of its time first.
        while (await FeedLease.CheckpointOf(store, FanOut.FeedName, stop).ConfigureAwait(false) < replay.Started) await Task.Delay(LookAgain, clock, stop).ConfigureAwait(false);
        // All routings of the events in question stand before this.
        var pinned = await workspace.ReadLastPosition(stop).ConfigureAwait(false);
        var counts = await (await Scan(pinned, stop).ConfigureAwait(false)).Count(long.MaxValue, stop).ConfigureAwait(false);
        return (pinned, counts!.Sum(c => c.Count));
    }

    public async Task<ReplayPage> Read(Position pinned, string? cursor, int limit, CancellationToken stop)
    {
        var scanning = await Scan(pinned, stop).ConfigureAwait(false);
        var page = await scanning.Read(cursor is null ? Position.Start : Position.Parse(cursor), LookedAtMax, stop).ConfigureAwait(false);
        return page.Found.Count > limit
            ? new([.. page.Found.Take(limit).Select(f => f.Missing.Stream.Id)], page.Found[limit - 1].Position.ToString())
            : new([.. page.Found.Select(f => f.Missing.Stream.Id)], page.Next?.ToString());
    }

    public async Task<IReadOnlyList<SkippedBecause?>> Replay(Position pinned, IReadOnlyList<string> ids, CancellationToken stop)
    {
        var scanning = await Scan(pinned, stop).ConfigureAwait(false);
        var became = new List<SkippedBecause?>(ids.Count);
        for (var lost = 0; ids.Count > 0; lost++)
        {
            var found = await scanning.Of(ids, stop).ConfigureAwait(false);
            var there = await workspace.FindPayloads([.. found.Select(f => (f.Stream.Id, DateOnly.FromDateTime(f.What.At.UtcDateTime)))], stop).ConfigureAwait(false);
            var appends = new List<(Append Append, int Deliveries)>();
            foreach (var missing in found)
            {
                var judged = missing.Routes.Select(r => (Route: r, Judgement: Judge(scanning, missing, r, there))).ToArray();
                Route[] make = [.. judged.Where(j => j.Judgement.Make).Select(j => j.Route)];
                became.AddRange(judged.Where(j => !j.Judgement.Make).Select(j => j.Judgement.Skipped));
                if (make.Length == 0) continue;
                if (lost == LostMax) became.AddRange(make.Select(_ => (SkippedBecause?)SkippedBecause.Changed));
                else appends.Add((Route(missing, make), make.Length));
            }
            if (appends.Count == 0) break;
            var answers = await workspace.AppendTogether([.. appends.Select(a => a.Append)], stop).ConfigureAwait(false);
            for (var i = 0; i < appends.Count; i++)
                if (answers[i].Stored) became.AddRange(Enumerable.Repeat((SkippedBecause?)null, appends[i].Deliveries));
            ids = [.. appends.Where((_, i) => !answers[i].Stored).Select(a => a.Append.Stream)];
        }
        return became;
    }

    /// <returns>Whether the delivery is to be made; if not, why it is skipped, or null when this replay made it before.</returns>
    private (bool Make, SkippedBecause? Skipped) Judge(MissingScan scanning, MissingRoutes missing, Route route, HashSet<string> there)
    {
        var id = Ids.OfDelivery(missing.Stream.Id, route.Rule, route.Connection);
        if (scanning.Delivered(missing.Stream.Events.Where(e => e.CausationId == replay.Id)).Contains(id)) return (false, null);
        if (scanning.Delivered(missing.Stream.Events).Contains(id)) return (false, SkippedBecause.Changed);
        if (!there.Contains(missing.Stream.Id)) return (false, SkippedBecause.PayloadExpired);
        var today = follower.Index.Find(replay.Workspace);
        if (today is null || !today.EnabledRules.Any(r => r.Id == route.Rule)) return (false, SkippedBecause.RuleGone);
        return ReplayedDeliveries.Unreachable(today, route.Connection) is { } unreachable ? (false, unreachable) : (true, null);
    }

    private Append Route(MissingRoutes missing, Route[] routes)
    {
        var now = clock.GetUtcNow();
        var routed = PublishedEventDecider.Decide(new PublishedEventCommand.RouteMissing(missing.Stream.Id, routes, now), missing.State);
        return workspace.Prepare(missing.Stream.Id, "published_event", missing.Stream.Version, routed,
            new EventMetadata(now, replay.Actor, missing.Stream.Events[0].CorrelationId ?? missing.Stream.Id, replay.Id, missing.Stream.Events[0].TraceParent, replay.Elevation));
    }

    private async Task<MissingScan> Scan(Position pinned, CancellationToken stop) =>
        scan ??= new(store, replay.Asked.Filter, await RulesAt(replay.Started, stop).ConfigureAwait(false), replay.Started, pinned);

    /// <summary>The workspace's rules and connections as they stood at a position: the same on every node, whatever has been changed since.</summary>
    private async Task<ConfiguredWorkspace> RulesAt(Position position, CancellationToken stop)
    {
        var index = new WorkspaceIndex();
        foreach (var prefix in new[] { "con_", "rul_" })
        {
            const int Limit = 200;
            for (string? after = null; ;)
            {
                var streams = await workspace.ListStreams(prefix, after, Limit, stop).ConfigureAwait(false);
                foreach (var stored in streams.SelectMany(s => s.Events).Where(e => e.Position <= position)) index.Apply(stored, store.Types);
                if (streams.Count < Limit) break;
                after = streams[^1].Id;
            }
        }
        return index.Find(replay.Workspace) ?? ConfiguredWorkspace.Empty(replay.Workspace);
    }
}
