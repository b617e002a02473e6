using EventMesh.Domain;
using EventMesh.Domain.Publishing;
using Xunit;
using static EventMesh.Domain.Publishing.PublishedEventCommand;
using static EventMesh.Domain.Publishing.PublishedEventEvent;

namespace EventMesh.Tests.Unit.Publishing;

public class PublishedEventDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = At.AddMilliseconds(7);
    private static readonly EventPublished Published = new("1", "/shop", "order.created", null, null, null, null, 12, "ab", At);
    private static readonly PublishEvent Publish = new(Published);
    private static readonly RouteEvent Route = new("evt_1", [new("rul_1", "con_1"), new("rul_1", "con_2")], Later);
    private static readonly EventRouted Routed = new(
        At, [new(Ids.OfDelivery("evt_1", "rul_1", "con_1"), "rul_1", "con_1"), new(Ids.OfDelivery("evt_1", "rul_1", "con_2"), "rul_1", "con_2")], Later);
    private static readonly Scenario<PublishedEventCommand, PublishedEvent, PublishedEventEvent> An =
        new(PublishedEvent.Initial, PublishedEvent.Evolve, PublishedEventDecider.Decide);

    [Fact]
    public void An_event_is_published_once() => An.After().When(Publish).HappensOnce(Published);

    [Fact]
    public void A_duplicate_is_one_even_when_it_says_something_else()
    {
        An.After(Published).When(new PublishEvent(Published with { Type = "other", At = Later })).Nothing();
        An.After(Published, Routed).When(Publish).Nothing();
    }

    [Fact]
    public void It_is_routed_once_to_each_connection_of_each_rule() => An.After(Published).When(Route).HappensOnce(Routed);

    [Fact]
    public void A_second_routing_by_other_rules_changes_nothing() =>
        An.After(Published, Routed).When(Route with { Matched = [new("rul_9", "con_9")] }).Nothing();

    [Fact]
    public void The_same_rule_and_connection_make_one_delivery() =>
        An.After(Published).When(Route with { Matched = [.. Route.Matched, new("rul_1", "con_1")] }).Happens(Routed);

    [Fact]
    public void Two_rules_with_one_connection_make_two_deliveries()
    {
        var routed = Assert.IsType<EventRouted>(Assert.Single(An.After(Published).When(Route with { Matched = [new("rul_1", "con_1"), new("rul_2", "con_1")] }).Events));
        Assert.Equal(2, routed.Deliveries.Select(delivery => delivery.Id).Distinct().Count());
    }

    [Fact]
    public void What_is_missing_is_routed_once_and_what_is_there_is_not_routed_again()
    {
        var missing = new RouteMissing("evt_1", [new("rul_1", "con_1"), new("rul_9", "con_9")], Later.AddDays(1));
        var added = new EventRouted(At, [new(Ids.OfDelivery("evt_1", "rul_9", "con_9"), "rul_9", "con_9")], Later.AddDays(1));
        An.After(Published, Routed).When(missing).HappensOnce(added);
        var state = Assert.IsType<PublishedEvent.Routed>(An.After(Published, Routed, added).State);
        Assert.Equal(3, state.Deliveries.Count);
    }

    [Fact]
    public void What_matched_nothing_then_may_be_routed_later() =>
        An.After(Published).When(new RouteMissing("evt_1", Route.Matched, Later)).HappensOnce(Routed);

    [Fact]
    public void What_is_ordered_joins_its_line_when_it_is_routed_later() =>
        Assert.Equal(Ids.OfLine("rul_1", "con_1", "7"), Assert.Single(Assert.IsType<EventRouted>(Assert.Single(
            An.After(Published).When(new RouteMissing("evt_1", [new("rul_1", "con_1", "7")], Later)).Events)).Deliveries).Line);

    [Fact]
    public void Where_no_rule_matches_nothing_happens() => An.After(Published).When(Route with { Matched = [] }).Nothing();

    [Fact]
    public void What_was_never_published_cannot_be_routed()
    {
        An.After().When(new RouteMissing("evt_1", Route.Matched, Later)).Refused("event.missing");
        An.After().When(Route).Refused("event.missing");
        An.After().When(Route with { Matched = [] }).Refused("event.missing");
    }

    [Fact]
    public void It_knows_what_was_published_and_where_it_goes()
    {
        Assert.Equal(new PublishedEvent.Accepted(Published), An.After(Published).State);
        Assert.Equal(new PublishedEvent.Routed(Published, Routed.Deliveries), An.After(Published, Routed).State);
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => An.DecidesEverything([Publish, Route, new RouteMissing("evt_1", Route.Matched, Later)], An.After(), An.After(Published), An.After(Published, Routed));
}
