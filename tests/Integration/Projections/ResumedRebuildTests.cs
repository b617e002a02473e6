using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Projections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Rebuilding;
using EventMesh.Projections.Running;
using EventMesh.Projections.Usage;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

/// <summary>Rebuilds that were asked for: noted down as they go, and gone on with after a kill, wherever that was.</summary>
public sealed class ResumedRebuildTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const string Lease =
        "select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('feed:rebuild:{0}', 0)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Killed after each statement in turn that changes how far it is, a rebuild is gone on with to its end, and the rows are those of the live projection.</summary>
    [Theory]
    [InlineData("deliveries", true)]
    [InlineData("deliveries", false)]
    [InlineData("usage", true)]
    [InlineData("usage", false)]
    public async Task Killed_anywhere_it_goes_on_and_is_equal_to_the_live_rows(string name, bool whole)
    {
        await using var database = await ProjectionDatabase.Create();
        var projection = name == "usage" ? UsageProjection.Projection : DeliveriesProjection.Projection;
        await using var running = Running.Start(database.Store, projection: projection);
        var history = new History(database.Store, "one");
        for (var i = 0; i < 12; i++) await Live(history);
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var right = await Rows(database, name);
        var all = await database.Scalar<long>($"select count(*) from mt_events where type in ('{string.Join("', '", projection.EventTypes!)}')");

        for (var killAt = 1; ; killAt++)
        {
            await database.Execute($"update eventmesh.{name} set {(name == "usage" ? "events = 777" : "attempts = 99")}");
            var run = await RebuildRuns.Ask(database.Store, $"prb_{killAt}", name, whole ? null : "one", "adm_1", Stop);
            var (told, killed) = (0, false);
            void Kill(RebuildProgress progress)
            {
                if (++told != killAt) return;
                killed = true;
                using var command = database.Admin.CreateCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, Lease, name));
                Assert.True((bool)command.ExecuteScalar()!);
            }
            // As if all were much: a note after each page of some events, and more rows than fit.
            var rebuild = new Rebuild(database.Store, projection, rowsMax: 7, notedAfter: 1) { PageEvents = 9 };
            try
            {
                await rebuild.CarryOut(run, Kill, CancellationToken.None, Stop);
            }
            catch (StoreUnavailable)
            {
                // Killed, as was asked.
            }
            var before = await Done(database, run.Id);
            if (killed)
            {
                var first = new List<RebuildProgress>();
                Assert.True(await new Rebuild(database.Store, projection, rowsMax: 7, notedAfter: 1) { PageEvents = 9 }.CarryOut(run, first.Add, CancellationToken.None, Stop));
                // Not from the beginning.
                if (before > 0 && first.Count > 0) Assert.True(first[^1].Events < all, $"It read {first[^1].Events} of {all} events.");
            }
            await database.Execute($"update eventmesh.projection_rebuilds set state = 'done', ended_at = now() where id = '{run.Id}'");

            Assert.Equal(right, await Rows(database, name));
            Assert.Equal(0L, await database.Scalar<long>($"select count(*) from pg_class where relname like '%{name}%shadow%' or relname like '%{name}%replaced%'"));
            if (!killed)
            {
                Assert.True(killAt > 5, $"It was killed at {killAt} places only.");
                return;
            }
        }
    }

    [Fact]
    public async Task What_an_interrupted_flush_had_copied_is_swept_away_before_it_is_copied_again()
    {
        await using var database = await ProjectionDatabase.Create();
        var history = new History(database.Store, "one");
        for (var i = 0; i < 12; i++) await Live(history);
        await using (var running = Running.Start(database.Store)) await running.Runner.Progress.WaitFor(history.Last, Stop);
        var right = await Rows(database, "deliveries");
        var run = await RebuildRuns.Ask(database.Store, "prb_1", "deliveries", null, "adm_1", Stop);
        // Rows of the shadow go in, and the note that they are is never written.
        await database.Execute("""
            create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'killed' using errcode = '57P01'; end $$;
            create trigger refuse before update on eventmesh.projection_rebuilds for each row when (new.repeatable and not old.repeatable) execute function public.refuse();
            """);
        await Assert.ThrowsAsync<StoreUnavailable>(() => new Rebuild(database.Store, DeliveriesProjection.Projection, notedAfter: 1) { PageEvents = 20 }.CarryOut(run, null, CancellationToken.None, Stop));
        Assert.NotEqual(0L, await database.Scalar<long>("select count(*) from eventmesh.deliveries_shadow"));
        await database.Execute("drop trigger refuse on eventmesh.projection_rebuilds");

        Assert.True(await new Rebuild(database.Store, DeliveriesProjection.Projection, notedAfter: 1) { PageEvents = 20 }.CarryOut(run, null, CancellationToken.None, Stop));

        Assert.Equal(right, await Rows(database, "deliveries"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_of_two_nodes_carries_it_out_and_it_is_recorded_once_with_who_asked(bool whole)
    {
        await using var database = await ProjectionDatabase.Create();
        await using var another = await Store.Open(database.Options, EventMesh.Projections.Index.ConfigurationEvents.All);
        await using var running = Running.Start(database.Store);
        var history = new History(database.Store, "one");
        for (var i = 0; i < 5; i++) await Live(history);
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var right = await Rows(database, "deliveries");
        await database.Execute("update eventmesh.deliveries set attempts = 99");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task[] nodes = [.. new[] { database.Store, another }.Select(s => Task.Run(() => new RebuildRunner(s, EventMesh.Projections.ReadModels.All, NullLogger<RebuildRunner>.Instance).Run(ending.Token)))];

        var run = await RebuildRuns.Ask(another, "prb_1", "deliveries", whole ? null : "one", "adm_7", Stop);
        Assert.Equal("prb_1", (await RebuildRuns.Ask(another, "prb_2", "deliveries", null, "adm_8", Stop)).Id);
        await Eventually.True(async () => (await RebuildRuns.Newest(database.Store, "deliveries", Stop))!.HasEnded, Deadline, "the rebuild to end");

        // However quick it was, it says in the end how far it came and how fast.
        var ended = (await RebuildRuns.Newest(database.Store, "deliveries", Stop))!;
        Assert.Equal((RebuildState.Done, RebuildPhase.Done, 100.0), (ended.State, ended.Phase, ended.Percent));
        Assert.True(ended.Events > 0 && ended.EventsPerSecond > 0);
        Assert.Equal(right, await Rows(database, "deliveries"));
        var told = Assert.Single((await database.Store.For(Workspace.PlatformId).ReadStream(ProjectionControl.StreamOf("deliveries"), Stop)).Events);
        Assert.Equal(("projection_rebuilt", "adm_7"), (told.Type, told.Actor));
        Assert.Equal(ended.Events, ((ProjectionEvent.ProjectionRebuilt)database.Store.Types.Read(told)).Events);
        await ending.CancelAsync();
        await Task.WhenAll(nodes).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Cancelled_it_ends_leaves_nothing_and_readers_see_what_they_saw()
    {
        await using var database = await ProjectionDatabase.Create();
        await using var running = Running.Start(database.Store);
        var history = new History(database.Store, "one");
        await Live(history);
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        var before = await Rows(database, "deliveries");
        // A reader in the way keeps it from its end.
        await using var reading = await database.Admin.OpenConnectionAsync(Stop);
        await using var held = await reading.BeginTransactionAsync(Stop);
        await using (var read = new NpgsqlCommand("select count(*) from eventmesh.deliveries", reading)) await read.ExecuteScalarAsync(Stop);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var node = Task.Run(() => new RebuildRunner(database.Store, EventMesh.Projections.ReadModels.All, NullLogger<RebuildRunner>.Instance).Run(ending.Token), Stop);
        await RebuildRuns.Ask(database.Store, "prb_1", "deliveries", null, "adm_1", Stop);
        await Eventually.True(async () => (await RebuildRuns.Newest(database.Store, "deliveries", Stop)) is { State: RebuildState.Running, Events: > 0 }, Deadline, "the rebuild to wait for the reader");

        Assert.Equal(RebuildState.Cancelling, (await RebuildRuns.Cancel(database.Store, "deliveries", "adm_2", Stop))!.State);
        await Eventually.True(async () => (await RebuildRuns.Newest(database.Store, "deliveries", Stop))!.State == RebuildState.Cancelled, Deadline, "its end");

        Assert.Equal(before, await Rows(database, "deliveries"));
        Assert.Equal(0L, await database.Scalar<long>("select count(*) from pg_class where relname like '%deliveries%shadow%'"));
        Assert.Equal("adm_2", Assert.Single((await database.Store.For(Workspace.PlatformId).ReadStream(ProjectionControl.StreamOf("deliveries"), Stop)).Events).Actor);
        Assert.Null(await RebuildRuns.Cancel(database.Store, "deliveries", "adm_2", Stop));
        await ending.CancelAsync();
        await node.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task Live(History history)
    {
        await history.Route(3);
        var newest = history.Born.Count - 1;
        await history.Succeed(newest);
        await history.Fail(newest - 1, newest % 2 == 0 ? Failure.Gone : Failure.Status);
        if (newest > 6) await history.Retry(newest - 5);
    }

    private static Task<long> Done(ProjectionDatabase database, string run) => database.Scalar<long>($"select coalesce(done_seq, 0) from eventmesh.projection_rebuilds where id = '{run}'");

    /// <summary>What a workspace sees of a read model, whichever rebuild wrote it.</summary>
    private static async Task<List<string>> Rows(ProjectionDatabase database, string table)
    {
        await using var command = database.Admin.CreateCommand($"""
            select (to_jsonb(d) - 'generation')::text from eventmesh.{table} d where generation = coalesce((
              select g.generation from eventmesh.read_model_generations g where g.model = '{table}' and g.tenant_id = d.tenant_id), 0) order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop)) rows.Add(reader.GetString(0));
        return rows;
    }
}
