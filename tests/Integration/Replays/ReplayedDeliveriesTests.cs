using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Replays;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Replays;

public sealed class ReplayedDeliveriesTests
{
    [Fact]
    public async Task Exactly_what_fits_every_filter_is_asked_for_again_and_a_dry_run_counts_it()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1", "con_2");
        await replaying.Workspace("bolt", "con_1");
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1", "con_2");
        await replaying.Mesh.Rule("acme", "rul_2", "{}", "con_1");
        await replaying.Mesh.Rule("bolt", "rul_1", "{}", "con_1");
        var fits = await replaying.DeadLetter("acme", "e1", type: "order_a.created");
        var fitsToo = await replaying.DeadLetter("acme", "e2", type: "order_a.paid");
        string[] others =
        [
            await replaying.DeadLetter("acme", "e3", type: "orderXa.created"), await replaying.DeadLetter("acme", "e4", connection: "con_2", type: "order_a.created"),
            await replaying.DeadLetter("acme", "e5", rule: "rul_2", type: "order_a.created"),
        ];
        var theirs = await replaying.DeadLetter("bolt", "e1", type: "order_a.created");
        var filter = Replaying.Filter(["order_a.*"], "con_1", "rul_1");
        var before = await replaying.Mesh.Store.For("acme").ReadLastPosition();

        Assert.Equal(2, await replaying.DryRun("acme", ReplayKind.Deliveries, filter));
        Assert.Equal(before, await replaying.Mesh.Store.For("acme").ReadLastPosition());

        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", filter);
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((ReplayOutcome.Finished, 2, 2), (ended.Outcome, ended.Counts.Found, ended.Counts.Done));
        Assert.Empty(ended.Counts.Skipped);
        foreach (var delivery in new[] { fits, fitsToo }) Assert.Equal(["rpl_1"], await replaying.AskedFor("acme", delivery));
        foreach (var delivery in others) Assert.Empty(await replaying.AskedFor("acme", delivery));
        Assert.Empty(await replaying.AskedFor("bolt", theirs));
    }

    [Fact]
    public async Task Only_what_was_accepted_in_the_time_asked_for_is_found()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1");
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1");
        await replaying.DeadLetter("acme", "before");
        var between = DateTimeOffset.UtcNow;
        await replaying.DeadLetter("acme", "after");

        Assert.Equal(2, await replaying.DryRun("acme", ReplayKind.Deliveries, Replaying.Filter()));
        Assert.Equal(1, await replaying.DryRun("acme", ReplayKind.Deliveries, Replaying.Filter(since: between)));
        Assert.Equal(1, await replaying.DryRun("acme", ReplayKind.Deliveries, Replaying.Filter() with { Until = between }));
    }

    [Fact]
    public async Task What_is_due_already_or_can_go_nowhere_is_skipped_and_counted()
    {
        await using var replaying = await Replaying.Open();
        await replaying.Workspace("acme", "con_1", "con_gone");
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1");
        await replaying.Mesh.Rule("acme", "rul_gone", """{"type":["gone"]}""", "con_gone");
        var dead = await replaying.DeadLetter("acme", "e1");
        await replaying.Mesh.Publish("acme", "e2");
        await replaying.DeadLetter("acme", "e3", "con_gone", "rul_gone", "gone");
        await replaying.Mesh.Store.For("acme").Append("con_gone", "connection", 1, [new EventMesh.Domain.Connections.ConnectionEvent.ConnectionDeleted(DateTimeOffset.UtcNow)], new(DateTimeOffset.UtcNow));

        var filter = Replaying.Filter(statuses: ["scheduled", "dead_lettered"]);
        Assert.Equal(4, await replaying.DryRun("acme", ReplayKind.Deliveries, filter));
        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", filter);
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((4, 1), (ended.Counts.Found, ended.Counts.Done));
        Assert.Equal([new(SkippedBecause.DueAlready, 2), new(SkippedBecause.ConnectionDeleted, 1)], ended.Counts.Skipped);
        Assert.Equal(["rpl_1"], await replaying.AskedFor("acme", dead));
    }

    [Fact]
    public async Task A_cancel_stops_it_midway_and_the_counts_add_up()
    {
        await using var replaying = await Replaying.Open();
        var dead = await Dead(replaying, 12);
        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", Replaying.Filter(), rate: 1);
        await replaying.Until("acme", "rpl_1", p => p.Done >= 2);

        await replaying.Cancel("acme", "rpl_1");
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((ReplayOutcome.Cancelled, 12), (ended.Outcome, ended.Counts.Found));
        Assert.InRange(ended.Counts.Done, 2, 11);
        var asked = 0;
        foreach (var delivery in dead) asked += (await replaying.AskedFor("acme", delivery)).Length;
        Assert.Equal(ended.Counts.Done, asked);
    }

    [Fact]
    public async Task Whoever_goes_on_after_its_runner_asks_for_nothing_twice()
    {
        await using var replaying = await Replaying.Open();
        var dead = await Dead(replaying, 20);
        await using (var first = replaying.Run())
        {
            await replaying.Start("acme", "rpl_1", Replaying.Filter(), rate: 8);
            await replaying.Until("acme", "rpl_1", p => p.Done >= 4);
        }
        // What was asked for is not selected once more: the cursor, which would see to that, is taken away with the rest.
        var store = replaying.Mesh.Store;
        Assert.True(await ReadModel.WaitFor(store, DeliveriesProjection.Name, await store.For("acme").ReadLastPosition(), Eventually.Patience, TestContext.Current.CancellationToken));
        // As if it had died after asking for a batch and before writing that down.
        await Execute(replaying, "update eventmesh.replays set done = 0, cursor = null, in_hand = (select array_agg(stream_id) from public.mt_events where type = 'delivery_retry_requested')");
        await using var second = replaying.Run();
        await using var third = replaying.Run();
        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((ReplayOutcome.Finished, 20, 20), (ended.Outcome, ended.Counts.Found, ended.Counts.Done));
        foreach (var delivery in dead) Assert.Equal(["rpl_1"], await replaying.AskedFor("acme", delivery));
    }

    [Fact]
    public async Task What_somebody_else_asked_for_meanwhile_is_left_alone()
    {
        await using var replaying = await Replaying.Open();
        var dead = await Dead(replaying, 6);
        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", Replaying.Filter(), rate: 2);
        await replaying.Until("acme", "rpl_1", p => p.Done >= 1);
        var of = new DeliveryTarget("evt", DateTimeOffset.UtcNow, "con_1", "rul_1");
        await replaying.Decide("acme", dead[^1], new DeliveryCommand.RetryDelivery(of, DateTimeOffset.UtcNow));

        var ended = await replaying.Ended("acme", "rpl_1");

        Assert.Equal((6, 5), (ended.Counts.Found, ended.Counts.Done));
        Assert.Equal([new(SkippedBecause.Changed, 1)], ended.Counts.Skipped);
        Assert.Equal(["somebody"], await replaying.AskedFor("acme", dead[^1]));
    }

    [Fact]
    public async Task A_long_replay_of_one_workspace_does_not_delay_anothers()
    {
        await using var replaying = await Replaying.Open();
        await Dead(replaying, 30);
        await replaying.Workspace("bolt", "con_1");
        await replaying.Mesh.Rule("bolt", "rul_1", "{}", "con_1");
        await replaying.DeadLetter("bolt", "e1");
        await using var runner = replaying.Run();
        await replaying.Start("acme", "rpl_1", Replaying.Filter(), rate: 1);
        await replaying.Until("acme", "rpl_1", p => p.Done >= 1);

        await replaying.Start("bolt", "rpl_1", Replaying.Filter());

        Assert.Equal(1, (await replaying.Ended("bolt", "rpl_1")).Counts.Done);
        await replaying.Until("acme", "rpl_1", p => p.Left > 0);
    }

    private static async Task<string[]> Dead(Replaying replaying, int count)
    {
        await replaying.Workspace("acme", "con_1");
        await replaying.Mesh.Rule("acme", "rul_1", "{}", "con_1");
        var dead = new List<string>();
        for (var i = 0; i < count; i++) dead.Add(await replaying.DeadLetter("acme", $"e{i}"));
        // Once counted, all of them are in the read model.
        Assert.Equal(count, await replaying.DryRun("acme", ReplayKind.Deliveries, Replaying.Filter()));
        return [.. dead];
    }

    private static async Task Execute(Replaying replaying, string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(replaying.Mesh.Database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
