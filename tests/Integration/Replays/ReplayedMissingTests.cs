using EventMesh.Delivery.Replays;
using EventMesh.Domain;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Publishing;
using EventMesh.Domain.Replays;
using EventMesh.Domain.Rules;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Replays;

public sealed class ReplayedMissingTests
{
    [Fact]
    public async Task What_matches_today_and_did_not_then_is_delivered_once_under_the_id_it_would_have_had()
    {
        await using var receiver = await Receiver.Start();
        await using var replaying = await Replaying.Open(workers: 1);
        await replaying.Mesh.Workspace("acme");
        await replaying.Mesh.Connection("acme", "con_1", receiver.Url("/1"));
        await replaying.Mesh.Connection("acme", "con_2", receiver.Url("/2"));
        await replaying.Mesh.Rule("acme", "rul_old", """{"type":["order.*"]}""", "con_1");
        var routed = await replaying.Mesh.Publish("acme", "e1", data: """{"total":7}""");
        var unrouted = await replaying.Mesh.Publish("acme", "e2", "invoice.sent", """{"total":7}""");
        var unfit = await replaying.Mesh.Publish("acme", "e3", data: """{"total":1}""");
        await replaying.Mesh.Delivery<Domain.Deliveries.Delivery.Delivered>("acme", Ids.OfDelivery(unfit, "rul_old", "con_1"));
        await replaying.Mesh.Rule("acme", "rul_new", """{"data":{"total":{"$gte":5}}}""", "con_1", "con_2");
        var filter = Replaying.Filter();
        Assert.Equal(4, await replaying.DryRun("acme", ReplayKind.Missing, filter));
        Assert.Equal(2, await replaying.DryRun("acme", ReplayKind.Missing, filter with { Connection = "con_2" }));
        Assert.Equal(0, await replaying.DryRun("acme", ReplayKind.Missing, filter with { Rule = "rul_old" }));

        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", filter, ReplayKind.Missing);
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((ReplayOutcome.Finished, 4, 4), (ended.Outcome, ended.Counts.Found, ended.Counts.Done));
        foreach (var @event in new[] { routed, unrouted })
            foreach (var connection in new[] { "con_1", "con_2" })
                await replaying.Mesh.Delivery<Domain.Deliveries.Delivery.Delivered>("acme", Ids.OfDelivery(@event, "rul_new", connection));
        Assert.Equal(0, await replaying.DryRun("acme", ReplayKind.Missing, filter));
        await replaying.Start("acme", "rpl_2", filter, ReplayKind.Missing);
        Assert.Equal(0, (await replaying.Ended("acme", "rpl_2")).Counts.Found);
        // Two by the old rule, four that were missing, each once.
        Assert.Equal(6, receiver.Arrived.Select(a => a.WebhookId).Distinct().Count());
        Assert.Equal(6, receiver.Arrived.Count);
        string[] expected = [Ids.OfDelivery(routed, "rul_old", "con_1"), Ids.OfDelivery(routed, "rul_new", "con_1"), Ids.OfDelivery(routed, "rul_new", "con_2")];
        Assert.Equal(expected.Order(), (await DeliveriesQuery.List(replaying.Mesh.Store.For("acme"), null, null, routed, null, 10)).Items.Select(d => d.Id).Order());
    }

    [Fact]
    public async Task What_the_platform_itself_published_is_missed_by_no_rule()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1");
        await replaying.Mesh.Publish("acme", "o1", "connection.disabled", source: PlatformSource.Operations);
        await replaying.Mesh.Publish("acme", "e1", "connection.disabled");
        await replaying.Mesh.Rule("acme", "rul_all", "{}", "con_1");

        Assert.Equal(1, await replaying.DryRun("acme", ReplayKind.Missing, Replaying.Filter()));
    }

    [Fact]
    public async Task What_has_lost_its_payload_or_its_rule_is_skipped_and_counted()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1");
        var expired = await replaying.Mesh.Publish("acme", "e1");
        await replaying.Mesh.Publish("acme", "e2", "kept");
        await replaying.Mesh.Rule("acme", "rul_1", """{"type":["order.*"]}""", "con_1");
        await replaying.Mesh.Rule("acme", "rul_2", """{"type":["kept"]}""", "con_1");
        var filter = Replaying.Filter();
        Assert.Equal(2, await replaying.DryRun("acme", ReplayKind.Missing, filter));
        await using (var source = Npgsql.NpgsqlDataSource.Create(replaying.Mesh.Database))
        await using (var expire = source.CreateCommand($"delete from eventmesh.payloads where id = '{expired}'")) await expire.ExecuteNonQueryAsync();

        // Asked for while the rule stands; carried out when it is gone.
        await replaying.Start("acme", "rpl_1", filter, ReplayKind.Missing);
        var deleted = await replaying.Mesh.Store.For("acme").Append("rul_2", "rule", 1, [new RuleEvent.RuleDeleted(DateTimeOffset.UtcNow)], new(DateTimeOffset.UtcNow));
        await replaying.Mesh.Follower.WaitFor(deleted, default);
        await using var runner = replaying.Run();
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((2, 0), (ended.Counts.Found, ended.Counts.Done));
        Assert.Equal([new(SkippedBecause.PayloadExpired, 1), new(SkippedBecause.RuleGone, 1)], ended.Counts.Skipped);
        Assert.Equal(1, (await replaying.Mesh.Store.For("acme").ReadStream(expired)).Version);
    }

    [Fact]
    public async Task Whoever_goes_on_after_its_runner_makes_nothing_twice()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1", "con_2");
        var events = new List<string>();
        for (var i = 0; i < 12; i++) events.Add(await replaying.Mesh.Publish("acme", $"e{i}"));
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1", "con_2");
        await using (var first = replaying.Run())
        {
            await replaying.Start("acme", "rpl_1", Replaying.Filter(), ReplayKind.Missing, rate: 8);
            await replaying.Until("acme", "rpl_1", p => p.Done >= 6);
        }
        // As if nothing of it had been written down.
        await using (var source = Npgsql.NpgsqlDataSource.Create(replaying.Mesh.Database))
        await using (var forget = source.CreateCommand("update eventmesh.replays set done = 0, cursor = null, in_hand = '{}'")) await forget.ExecuteNonQueryAsync();
        await using var second = replaying.Run();
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((ReplayOutcome.Finished, 24, 24), (ended.Outcome, ended.Counts.Found, ended.Counts.Done));
        foreach (var @event in events) Assert.Equal(2, (await replaying.Mesh.Store.For("acme").ReadStream(@event)).Version);
    }

    [Fact]
    public async Task A_dry_run_looks_at_so_many_events_and_no_more()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1");
        for (var i = 0; i < 3; i++) await replaying.Mesh.Publish("acme", $"e{i}");
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1");

        Assert.Equal(3, await replaying.DryRun("acme", ReplayKind.Missing, Replaying.Filter(), eventsMax: 3));
        await Assert.ThrowsAsync<DryRun.TooMany>(() => replaying.DryRun("acme", ReplayKind.Missing, Replaying.Filter(), eventsMax: 2));
    }
}
