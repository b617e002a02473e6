using System.Collections.Immutable;
using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Replays;

/// <summary>An event and where the rules would send it that it has not gone.</summary>
internal sealed record MissingRoutes(StoredStream Stream, PublishedEventEvent.EventPublished What, PublishedEvent State, IReadOnlyList<Route> Routes);

/// <summary>
/// Looks for deliveries that rules would make and that there are not. Routings behind <paramref name="pinned"/> are left out of sight, so the same events lack the
/// same deliveries however often they are looked at.
/// </summary>
/// <param name="rules">The rules and connections by which to judge.</param>
/// <param name="upTo">The last event to look at; routing has come to it.</param>
internal sealed class MissingScan(Store store, ReplayFilter filter, ConfiguredWorkspace rules, Position upTo, Position pinned)
{
    private readonly WorkspaceStore workspace = store.For(rules.Id);
    private readonly StreamSearch search = new("event_published", filter.Since, filter.Until, filter.Types?.Select(DeliverySelection.Like).ToArray());
    private readonly bool needsData = rules.EnabledRules.Any(r => r.Rule.Filter.NeedsData || r.Rule.Ordering?.NeedsData() == true);

    /// <summary>The next <paramref name="lookedAtMax"/> stored events after a position.</summary>
    /// <returns>Events that lack deliveries, each with its position; how many published events were looked at; and where to go on, null at the end.</returns>
    public async Task<(IReadOnlyList<(MissingRoutes Missing, Position Position)> Found, int Looked, Position? Next)> Read(Position after, int lookedAtMax, CancellationToken stop)
    {
        var page = await workspace.FindStreams(search, after, upTo, lookedAtMax, stop).ConfigureAwait(false);
        if (page.Streams.Count == 0) return ([], 0, page.Next);
        var at = page.Streams.ToDictionary(s => s.Stream, s => s.Position, StringComparer.Ordinal);
        var missing = await Of([.. at.Keys], stop).ConfigureAwait(false);
        return ([.. missing.Select(m => (m, at[m.Stream.Id])).OrderBy(m => m.Item2)], page.Streams.Count, page.Next);
    }

    /// <summary>Those of these events that lack deliveries.</summary>
    public async Task<IReadOnlyList<MissingRoutes>> Of(IReadOnlyList<string> events, CancellationToken stop)
    {
        var published = new List<(StoredStream Stream, PublishedEventEvent.EventPublished What)>();
        foreach (var stream in await workspace.ReadStreams(events, stop).ConfigureAwait(false))
            // What cannot be read was not routed either.
            if (store.Types.TryRead(stream.Events[0], out _) is PublishedEventEvent.EventPublished what) published.Add((stream, what));
        var bodies = needsData ? await workspace.ReadPayloads([.. published.Select(p => (p.Stream.Id, DateOnly.FromDateTime(p.What.At.UtcDateTime)))], stop).ConfigureAwait(false) : [];

        var found = new List<MissingRoutes>();
        foreach (var (stream, what) in published)
        {
            var matched = FanOut.Matches(what, rules, bodies.GetValueOrDefault(stream.Id))
                .Where(r => (filter.Connection is null || r.Connection == filter.Connection) && (filter.Rule is null || r.Rule == filter.Rule)).Distinct();
            var known = Delivered(stream.Events.Where(e => e.Position <= pinned)).ToImmutableHashSet(StringComparer.Ordinal);
            Route[] routes = [.. matched.Where(r => !known.Contains(Ids.OfDelivery(stream.Id, r.Rule, r.Connection)))];
            if (routes.Length == 0) continue;
            var state = stream.Events.Aggregate(PublishedEvent.Initial, (s, e) => PublishedEvent.Evolve(s, (PublishedEventEvent)store.Types.Read(e)));
            found.Add(new(stream, what, state, routes));
        }
        return found;
    }

    /// <summary>The deliveries that some events of an event's stream made.</summary>
    public IEnumerable<string> Delivered(IEnumerable<StoredEvent> events) =>
        events.Where(e => e.Type == "event_routed").SelectMany(e => ((PublishedEventEvent.EventRouted)store.Types.Read(e)).Deliveries).Select(d => d.Id);

    /// <summary>Counts what is missing by connection.</summary>
    /// <param name="eventsMax">Published events to look at, at most.</param>
    /// <returns>Null when there are more events than that.</returns>
    public async Task<IReadOnlyList<FoundCount>?> Count(long eventsMax, CancellationToken stop)
    {
        const int LookedAtMax = 2_000;
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var events = 0L;
        for (Position? next = Position.Start; next is { } after;)
        {
            var page = await Read(after, LookedAtMax, stop).ConfigureAwait(false);
            if ((events += page.Looked) > eventsMax) return null;
            foreach (var route in page.Found.SelectMany(f => f.Missing.Routes)) counts[route.Connection] = counts.GetValueOrDefault(route.Connection) + 1;
            next = page.Next;
        }
        return [.. counts.Select(c => new FoundCount(c.Key, "missing", c.Value))];
    }
}
