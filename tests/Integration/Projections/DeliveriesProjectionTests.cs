using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

using Delivery = EventMesh.Domain.Deliveries.Delivery;

public sealed class DeliveriesProjectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_read_model_equals_a_fold_of_every_stream_for_any_history_and_page_size()
    {
        await using var database = await ProjectionDatabase.Create();
        var cases = 0;
        var histories = Gen.Zip(Gen.Choose(1, 9), Gen.Choose(0, 13).ListOf(40)).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(12), Prop.ForAll(histories, drawn =>
            Holds(database, $"case-{cases++}", drawn.Item1, [.. drawn.Item2]).GetAwaiter().GetResult()));
    }

    private static async Task<bool> Holds(ProjectionDatabase database, string name, int pageEvents, int[] moves)
    {
        History[] workspaces = [new(database.Store, name + "-a"), new(database.Store, name + "-b")];
        await using var running = Running.Start(database.Store, pageEvents);
        foreach (var (move, n) in moves.Select((m, n) => (m, n))) await Move(workspaces[n % 2], move, n);

        foreach (var history in workspaces)
        {
            await running.Runner.Progress.WaitFor(history.Last, Stop);
            var seen = await DeliveriesQuery.List(history.Store, null, null, null, null, 1000, Stop);
            Assert.Equal(history.Born.Count, seen.Items.Count);
            for (var i = 0; i < history.Born.Count; i++) Assert.Equal(await Expected(history, i), Seen(seen.Items.Single(d => d.Id == history.Born[i].Id)));
        }
        return true;
    }

    private static async Task Move(History history, int move, int n)
    {
        if (history.Born.Count == 0 || move < 4) await history.Route(move % 3 + 1);
        var delivery = n * 7 % history.Born.Count;
        if (move is 4 or 5) await history.Succeed(delivery);
        if (move is >= 6 and <= 9) await history.Fail(delivery, Failure.Status);
        if (move is 10) await history.Fail(delivery, Failure.Gone);
        if (move is 11) await history.Discard(delivery);
        if (move is 12 or 13) await history.Retry(delivery);
    }

    private static async Task<object> Expected(History history, int delivery)
    {
        var (state, _) = await history.Fold(delivery);
        var of = history.Born[delivery].Of;
        var status = state switch
        {
            Delivery.Scheduled => "scheduled",
            Delivery.Retrying => "retrying",
            Delivery.Delivered => "delivered",
            Delivery.DeadLettered => "dead_lettered",
            Delivery.Discarded => "discarded",
            _ => throw new InvalidOperationException(),
        };
        return (of.Event, of.AcceptedAt, of.Connection, of.Rule, status, state.Attempts, (state as Delivery.Retrying)?.NextAttemptAt);
    }

    private static object Seen(DeliveryView d) => (d.Event, d.AcceptedAt, d.Connection, d.Rule, d.Status, d.Attempts, d.NextAttemptAt);

    [Fact]
    public async Task Pages_that_are_read_again_change_nothing()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "again");
        for (var i = 0; i < 10; i++) await history.Route(2);
        for (var i = 0; i < 20; i++) await history.Fail(i, i % 3 == 0 ? Failure.Gone : Failure.Status);
        for (var i = 0; i < 20; i += 2) await history.Retry(i);
        for (var i = 0; i < 20; i += 4) await history.Succeed(i);
        await using (var first = Running.Start(database.Store)) await first.Runner.Progress.WaitFor(history.Last, Stop);
        var before = await database.Deliveries();

        await database.Execute("update public.mt_event_progression set last_xid = '0', last_seq_id = 0");
        await using (var again = Running.Start(database.Store, pageEvents: 3)) await again.Runner.Progress.WaitFor(history.Last, Stop);

        Assert.Equal(20, before.Count);
        Assert.Equal(before, await database.Deliveries());

        // Nor does any beginning of the history alone, written behind its end.
        var events = (await database.Store.ReadFeed(Position.Start, 1000, DeliveriesProjection.Projection.EventTypes, Stop)).Events;
        await using var connection = await database.Admin.OpenConnectionAsync(Stop);
        for (var some = 1; some <= events.Count; some += 5)
        {
            var fold = DeliveriesProjection.Projection.Begin();
            foreach (var e in events.Take(some)) fold.Take(e.Position, e.Workspace, e.Stream, e.Type, e.Data.Span);
            await using var batch = new Npgsql.NpgsqlBatch(connection);
            foreach (var statement in fold.Upsert(DeliveriesProjection.Projection.Table, null, 1000)) batch.BatchCommands.Add(statement);
            await batch.ExecuteNonQueryAsync(Stop);
            Assert.Equal(before, await database.Deliveries());
        }
    }

    [Fact]
    public async Task When_a_runner_dies_in_the_middle_of_a_page_another_goes_on()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "dies");
        await using var first = Running.Start(database.Store);
        await history.Route(3);
        await first.Runner.Progress.WaitFor(history.Last, Stop);
        await using var second = Running.Start(database.Store);

        // A lock holds the first in the middle of its page; then its session dies, and nothing of the page is kept.
        await using (var holder = await database.Admin.OpenConnectionAsync(Stop))
        await using (var transaction = await holder.BeginTransactionAsync(Stop))
        {
            await using (var block = new Npgsql.NpgsqlCommand("lock table eventmesh.deliveries in share mode", holder)) await block.ExecuteNonQueryAsync(Stop);
            await history.Route(3);
            await history.Succeed(0);
            const string Blocked = "from pg_locks l where l.relation = 'eventmesh.deliveries'::regclass and not l.granted";
            await Eventually.True(async () => await database.Scalar<long>($"select count(*) {Blocked}") > 0, TimeSpan.FromSeconds(20), "the page to be under way");
            Assert.True(await database.Scalar<bool>($"select bool_and(pg_terminate_backend(l.pid)) {Blocked}"));
        }
        await history.Succeed(4);

        Assert.True(await ReadModel.WaitFor(database.Store, DeliveriesProjection.Name, history.Last, Eventually.Patience, Stop));
        var items = (await DeliveriesQuery.List(history.Store, null, null, null, null, 100, Stop)).Items;
        Assert.Equal([(0, 1), (4, 1)], items.Where(d => d.Status == "delivered").Select(d => (history.Born.ToList().FindIndex(b => b.Id == d.Id), d.Attempts)).Order());
        Assert.Equal(6, items.Count);
    }

    [Fact]
    public async Task A_broken_event_stops_its_projection_behind_the_last_whole_one_and_no_other()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "broken");
        await history.Route(1);
        var broken = await history.Store.Append("dlv_broken", "delivery", 0, [new NewEvent("delivery_succeeded", null, """{"of":{"event":7}}"""u8.ToArray())], new(DateTimeOffset.UnixEpoch), stop: Stop);
        var healthy = new Projection("healthy", ["event_published"], () => new Nothing());
        await using var other = Running.Start(database.Store, projection: healthy);
        await using var running = Running.Start(database.Store);

        await Eventually.True(() => Task.FromResult(running.Runner.Status.State == ProjectionState.Stopped), TimeSpan.FromSeconds(20), "the projection to stop");
        await history.Route(1);
        await other.Runner.Progress.WaitFor(history.Last, Stop);

        Assert.Equal(ProjectionState.Stopped, running.Runner.Status.State);
        Assert.Equal(broken, running.Runner.Status.Broken!.Position);
        Assert.Equal(history.Born[0].Id, Assert.Single((await DeliveriesQuery.List(history.Store, null, null, null, null, 100, Stop)).Items).Id);
        await Assert.ThrowsAsync<BrokenEvent>(() => running.Runner.Progress.WaitFor(history.Last, Stop));
        Assert.Equal(ProjectionState.Running, other.Runner.Status.State);
    }
}
