namespace EventMesh.Domain.Publishing;

public abstract record PublishedEventCommand
{
    private PublishedEventCommand() { }

    public sealed record PublishEvent(PublishedEventEvent.EventPublished What) : PublishedEventCommand;
    /// <param name="Stream">The published event's own id, <c>evt_…</c>.</param>
    public sealed record RouteEvent(string Stream, IReadOnlyList<Route> Matched, DateTimeOffset At) : PublishedEventCommand;
    /// <summary>Routes where the event has not gone yet, whether it was routed before or matched nothing then.</summary>
    public sealed record RouteMissing(string Stream, IReadOnlyList<Route> Matched, DateTimeOffset At) : PublishedEventCommand;
}

/// <summary>A rule that matched and one connection it names.</summary>
/// <param name="Key">The event's key by the rule's ordering; null when it is delivered without order.</param>
public readonly record struct Route(string Rule, string Connection, string? Key = null);

public static class PublishedEventDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none for a duplicate, a second routing, or a routing that leads nowhere.</summary>
    /// <exception cref="Refused">There is no such event.</exception>
    public static PublishedEventEvent[] Decide(PublishedEventCommand command, PublishedEvent state) => (command, state) switch
    {
        (PublishedEventCommand.PublishEvent publish, PublishedEvent.Missing) => [publish.What],
        (PublishedEventCommand.PublishEvent, _) => [],

        (PublishedEventCommand.RouteEvent, PublishedEvent.Missing) => throw new Refused("event.missing", "There is no such event."),
        (PublishedEventCommand.RouteEvent { Matched.Count: 0 }, _) => [],
        (PublishedEventCommand.RouteEvent route, PublishedEvent.Accepted accepted) =>
            [new PublishedEventEvent.EventRouted(accepted.What.At, Planned(route.Stream, route.Matched), route.At)],
        (PublishedEventCommand.RouteEvent, PublishedEvent.Routed) => [],

        (PublishedEventCommand.RouteMissing, PublishedEvent.Missing) => throw new Refused("event.missing", "There is no such event."),
        (PublishedEventCommand.RouteMissing missing, PublishedEvent.Accepted accepted) => Added(accepted.What, Planned(missing.Stream, missing.Matched), missing.At),
        (PublishedEventCommand.RouteMissing missing, PublishedEvent.Routed routed) => Added(
            routed.What, [.. Planned(missing.Stream, missing.Matched).ExceptBy(routed.Deliveries.Select(d => d.Id), d => d.Id)], missing.At),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static PublishedEventEvent[] Added(PublishedEventEvent.EventPublished what, PlannedDelivery[] deliveries, DateTimeOffset at) =>
        deliveries.Length == 0 ? [] : [new PublishedEventEvent.EventRouted(what.At, deliveries, at)];

    private static PlannedDelivery[] Planned(string stream, IReadOnlyList<Route> matched) =>
        [.. matched.Distinct().Select(r => new PlannedDelivery(
            Ids.OfDelivery(stream, r.Rule, r.Connection), r.Rule, r.Connection, r.Key is { } key ? Ids.OfLine(r.Rule, r.Connection, key) : null, r.Key))];
}
