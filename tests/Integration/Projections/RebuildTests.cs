using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Rebuilding;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

public sealed class RebuildTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Rebuild Rebuild(ProjectionDatabase database, int rowsMax = 500_000) => new(database.Store, DeliveriesProjection.Projection, rowsMax);

    [Theory]
    [InlineData(500_000)]
    [InlineData(7)]
    public async Task Rows_that_were_damaged_are_as_the_history_says_afterwards_however_few_fit_in_memory(int rowsMax)
    {
        await using var database = await ProjectionDatabase.Create();
        await using var running = Running.Start(database.Store);
        await Lived(database, "one");
        await running.Runner.Progress.WaitFor((await Lived(database, "two")).Last, Stop);
        var right = await database.Deliveries();
        await database.Execute("update eventmesh.deliveries set status = 'discarded', attempts = 99 where id < 'dlv_8'; delete from eventmesh.deliveries where id > 'dlv_g'");
        Assert.NotEqual(right, await database.Deliveries());

        var told = new List<RebuildProgress>();
        await Rebuild(database, rowsMax).Whole(told.Add, Stop);

        Assert.Equal(right, await database.Deliveries());
        Assert.Equal(RebuildPhase.Done, told[^1].Phase);
        Assert.Equal(100, told[^1].Percent);
        Assert.Equal(await database.Scalar<long>("select count(*) from mt_events where type <> 'event_published'"), told[^1].Events);
        Assert.True(told.Zip(told.Skip(1)).All(t => t.First.Percent <= t.Second.Percent && t.First.Phase <= t.Second.Phase));
    }

    [Fact]
    public async Task The_table_that_takes_the_place_has_the_same_shape_rights_and_names()
    {
        await using var database = await ProjectionDatabase.Create();
        var before = await Shape(database);
        await Rebuild(database).Whole(null, Stop);
        await Rebuild(database).Whole(null, Stop);
        Assert.Equal(before, await Shape(database));
        Assert.Equal(0L, await database.Scalar<long>("select count(*) from pg_class where relname like '%deliveries%shadow%' or relname like '%deliveries%replaced%'"));
    }

    [Fact]
    public async Task While_writers_write_and_readers_read_a_rebuild_ends_equal_to_the_live_rows()
    {
        await using var database = await ProjectionDatabase.Create();
        await using var running = Running.Start(database.Store);
        var history = await Lived(database, "busy");
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var seen = history.Born.Count;
        using var enough = new CancellationTokenSource();

        var writing = Task.Run(async () => { while (!enough.IsCancellationRequested) await Live(history); }, Stop);
        var reading = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var count = (await DeliveriesQuery.List(history.Store, null, null, null, null, 10_000, Stop)).Items.Count;
                Assert.True(count >= seen, $"{count} of {seen} deliveries were to be seen.");
                seen = count;
            }
        }, Stop);
        for (var i = 0; i < 3; i++)
        {
            await Rebuild(database, rowsMax: 20).Whole(null, Stop);
            await Rebuild(database, rowsMax: 20).Workspace("busy", null, Stop);
        }
        await enough.CancelAsync();
        await Task.WhenAll(writing, reading);

        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var live = await database.Deliveries();
        await Rebuild(database).Whole(null, Stop);
        var anew = await database.Deliveries();
        Assert.Equal(history.Born.Count, live.Count);
        // The generation says which rebuild wrote a row; all else is the same.
        Assert.Equal(anew, live.Select(row => row.Replace($",{Generation(live)},busy,", ",0,busy,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_workspace_is_rebuilt_by_itself_and_leaves_all_others_untouched()
    {
        await using var database = await ProjectionDatabase.Create();
        await using var running = Running.Start(database.Store);
        var one = await Lived(database, "one");
        var two = await Lived(database, "two");
        await running.Runner.Progress.WaitFor(two.Last, Stop);
        var right = await List(one);
        await database.Execute("update eventmesh.deliveries set status = 'discarded', attempts = 99");
        var damaged = await database.Deliveries("tenant_id = 'two'");
        var versions = await database.Scalar<string>("select string_agg(d.ctid::text || d.xmin::text, ',' order by id) from eventmesh.deliveries d where tenant_id = 'two'");

        for (var i = 0; i < 2; i++) await Rebuild(database).Workspace("one", null, Stop);

        Assert.Equal(right, await List(one));
        Assert.Equal(one.Born.Count, (await database.Deliveries("tenant_id = 'one'")).Count);
        Assert.Equal(damaged, await database.Deliveries("tenant_id = 'two'"));
        Assert.Equal(versions, await database.Scalar<string>("select string_agg(d.ctid::text || d.xmin::text, ',' order by id) from eventmesh.deliveries d where tenant_id = 'two'"));
        await one.Retry(2);
        await running.Runner.Progress.WaitFor(one.Last, Stop);
        Assert.Equal("scheduled", (await DeliveriesQuery.Find(one.Store, one.Born[2].Id, Stop))!.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rebuild_that_is_cancelled_changes_nothing_that_is_read_and_leaves_nothing_behind(bool whole)
    {
        await using var database = await ProjectionDatabase.Create();
        await using (var running = Running.Start(database.Store)) await running.Runner.Progress.WaitFor((await Lived(database, "one")).Last, Stop);
        var before = await database.Deliveries();
        using var cancel = new CancellationTokenSource();

        var rebuild = Rebuild(database);
        Action<RebuildProgress> onceRead = _ => cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => whole ? rebuild.Whole(onceRead, cancel.Token) : rebuild.Workspace("one", onceRead, cancel.Token));

        Assert.Equal(before, await database.Deliveries());
        Assert.Equal(0L, await database.Scalar<long>("select count(*) from pg_class where relname like '%deliveries%shadow%'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rebuild_that_is_killed_half_way_is_not_seen_and_the_next_one_sweeps_up(bool whole)
    {
        await using var database = await ProjectionDatabase.Create();
        await using var running = Running.Start(database.Store);
        var history = await Lived(database, "one");
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var right = await List(history);
        await database.Execute("update eventmesh.deliveries set attempts = 99");
        var damaged = await List(history);

        // Killed when the new rows are written and before they are shown.
        Task Again(Action<RebuildProgress>? progress) => whole ? Rebuild(database).Whole(progress, Stop) : Rebuild(database).Workspace("one", progress, Stop);
        var killed = 0;
        void Kill(RebuildProgress progress)
        {
            if (progress.Phase != RebuildPhase.CatchingUp || killed++ > 0) return;
            using var command = database.Admin.CreateCommand(
                "select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('feed:rebuild:deliveries', 0)");
            Assert.True((bool)command.ExecuteScalar()!);
        }
        await Assert.ThrowsAsync<StoreUnavailable>(() => Again(Kill));

        Assert.Equal(damaged, await List(history));
        var left = whole ? "select count(*) from pg_class where relname = 'deliveries_shadow'" : "select count(*) from eventmesh.deliveries where generation = 1";
        Assert.NotEqual(0L, await database.Scalar<long>(left));
        await Again(null);
        Assert.Equal(right, await List(history));
        Assert.Equal(history.Born.Count, (await database.Deliveries()).Count);
        Assert.Equal(0L, await database.Scalar<long>("select count(*) from pg_class where relname like '%deliveries%shadow%'"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_taken_in_ends_the_rebuild_and_the_old_rows_remain()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "broken");
        await history.Route(1);
        await using (var running = Running.Start(database.Store)) await running.Runner.Progress.WaitFor(history.Last, Stop);
        var position = await history.Store.Append("dlv_broken", "delivery", 0, [new NewEvent("delivery_succeeded", null, "{}"u8.ToArray())], new(DateTimeOffset.UnixEpoch));
        var broken = await Assert.ThrowsAsync<BrokenEvent>(() => Rebuild(database).Whole(null, Stop));
        Assert.Equal(position, broken.Position);
        Assert.Single(await database.Deliveries());
    }

    [Fact]
    public async Task A_reader_in_the_way_delays_the_change_and_no_feed()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = await Lived(database, "slow");
        await using var holder = await database.Admin.OpenConnectionAsync(Stop);
        NpgsqlTransaction? reading = null;
        var tries = 0;
        var rebuilding = Task.Run(() => Rebuild(database).Whole(p =>
        {
            if (p.Phase != RebuildPhase.CatchingUp) return;
            if (reading is null)
            {
                reading = holder.BeginTransaction();
                using var read = new NpgsqlCommand("select count(*) from eventmesh.deliveries", holder);
                read.ExecuteScalar();
            }
            Interlocked.Increment(ref tries);
        }, Stop), Stop);
        await Eventually.True(() => Task.FromResult(Volatile.Read(ref tries) > 2), Deadline, "the rebuild to ask again");
        await using (var running = Running.Start(database.Store)) await running.Runner.Progress.WaitFor(history.Last, Stop);
        await reading!.DisposeAsync();
        await rebuilding;
        Assert.Equal(history.Born.Count, (await database.Deliveries()).Count);
    }

    private static async Task<History> Lived(ProjectionDatabase database, string workspace)
    {
        var history = new History(database.Store, workspace);
        for (var i = 0; i < 8; i++) await Live(history);
        return history;
    }

    /// <summary>One more event of three deliveries, and something happens to two of them and to an older one.</summary>
    private static async Task Live(History history)
    {
        await history.Route(3);
        var newest = history.Born.Count - 1;
        await history.Succeed(newest);
        await history.Fail(newest - 1, newest % 2 == 0 ? Failure.Gone : Failure.Status);
        if (newest > 6) await history.Retry(newest - 5);
    }

    private static async Task<IReadOnlyList<DeliveryView>> List(History history) => (await DeliveriesQuery.List(history.Store, null, null, null, null, 1000, Stop)).Items;

    private static string Generation(List<string> rows) => rows[0].Split(',')[7];

    private static Task<string> Shape(ProjectionDatabase database) => database.Scalar<string>("""
        select concat_ws(E'\n', c.relowner::regrole, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
          (select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = c.oid and adnum = attnum)), E'\n' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0),
          (select string_agg(pg_get_indexdef(indexrelid) || indisvalid, E'\n' order by indexrelid::regclass::text) from pg_index where indrelid = c.oid),
          (select string_agg(conname || pg_get_constraintdef(oid), E'\n' order by conname) from pg_constraint where conrelid = c.oid),
          (select string_agg(concat_ws(' ', policyname, permissive, roles, cmd, qual, with_check), E'\n' order by policyname) from pg_policies where tablename = 'deliveries'))
        from pg_class c where c.oid = 'eventmesh.deliveries'::regclass
        """);
}
