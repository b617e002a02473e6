using System.Text;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Publishing;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Rebuilding;
using EventMesh.Projections.Running;
using EventMesh.Projections.Usage;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

public sealed class UsageProjectionTests
{
    private static readonly Projection Usage = UsageProjection.Projection;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happened_is_counted_once_by_month_and_workspace()
    {
        await using var database = await ProjectionDatabase.Create();
        var (one, two) = (await Lived(database, "one"), await Lived(database, "two"));
        await one.Succeed(1);
        await Publish(one, "in-december", "/tests", new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), 70);
        await Publish(one, "in-november", "/tests", new(2026, 11, 30, 23, 59, 59, 999, TimeSpan.Zero), 500);
        await Publish(one, "ours", "urn:eventmesh:limits", new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), 9);
        var at = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var ours = new PlannedDelivery("dlv_ours", "operational", "con_1");
        await one.Store.Append("evt_ours", "published_event", 1, [new PublishedEventEvent.EventRouted(at, [ours], at)], new(at));
        await one.Store.Append(ours.Id, "delivery", 0,
            [new DeliveryEvent.DeliverySucceeded(new("evt_ours", at, ours.Connection, ours.Rule), new(1, at, 1, "delivered", 200, null, 0), at)], new(at));
        var last = await Exceed(one, "events_per_month", "2026-11");
        await using (var running = Running.Start(database.Store, projection: Usage)) await running.Runner.Progress.WaitFor(last, Stop);

        // What the platform published and delivered itself is in none of it. Four events of two bytes and one of 500; two deliveries each; of the first four deliveries two failed, and three succeeded, one of them later.
        Assert.Equal(("one", 5L, 508L, 8L, 5L, 2L, "events_per_month"), await Seen(database, "one", "2026-11"));
        Assert.Equal(("one", 1L, 70L, 0L, 0L, 0L, ""), await Seen(database, "one", "2026-12"));
        Assert.Equal(("two", 4L, 8L, 8L, 4L, 2L, ""), await Seen(database, "two", "2026-11"));
        Assert.Equal(("two", 0L, 0L, 0L, 0L, 0L, ""), await Seen(database, "two", "2026-12"));

        string[] all = ["one", "two", "three"];
        Assert.Equal(["three", "two", "one"], (await UsageQuery.All(database.Store, all, "2026-11", noisiest: false, null, 10, Stop)).Select(u => u.Workspace));
        Assert.Equal(["one", "two"], (await UsageQuery.All(database.Store, all, "2026-11", noisiest: true, null, 2, Stop)).Select(u => u.Workspace));
        Assert.Equal(["three"], (await UsageQuery.All(database.Store, all, "2026-11", noisiest: true, (4, "two"), 2, Stop)).Select(u => u.Workspace));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(2_000)]
    public async Task Pages_that_are_read_again_change_nothing_wherever_they_begin(int pageEvents)
    {
        await using var database = await ProjectionDatabase.Create();
        await Lived(database, "one");
        var last = await Exceed(await Lived(database, "two"), "events_per_second", "2026-11-20T09");
        await using (var first = Running.Start(database.Store, projection: Usage)) await first.Runner.Progress.WaitFor(last, Stop);
        var before = await Rows(database);

        await database.Execute("update public.mt_event_progression set last_xid = '0', last_seq_id = 0");
        await using (var again = Running.Start(database.Store, pageEvents, Usage)) await again.Runner.Progress.WaitFor(last, Stop);
        Assert.Equal(before, await Rows(database));

        // A row may be ahead of a page's beginning, after a rebuild, and behind its end.
        var events = (await database.Store.ReadFeed(Position.Start, 1000, Usage.EventTypes, Stop)).Events;
        for (var some = 0; some <= events.Count; some += 3)
        {
            await database.Execute("delete from eventmesh.usage");
            await Write(database, events.Take(some));
            await Write(database, events);
            Assert.Equal(before, await Rows(database));
        }
    }

    [Fact]
    public async Task More_entries_than_are_kept_apart_are_summed_up()
    {
        await using var database = await ProjectionDatabase.Create();
        var fold = Usage.Begin();
        for (var i = 1; i <= 40_000; i++)
            fold.Take(new(1, i), i % 2 == 0 ? "one" : "two", $"evt_{i}", "event_published", """{"source":"s","size":3,"at":"2026-11-20T09:00:00Z"}"""u8);
        fold.Take(new(1, 40_001), "one", "limit", "limit_exceeded", """{"limit":"events_per_month","at":"2026-11-20T09:00:00Z"}"""u8);
        await Write(database, fold);
        Assert.Equal(("one", 20_000L, 60_000L, 0L, 0L, 0L, "events_per_month"), await Seen(database, "one", "2026-11"));
        Assert.Equal(("two", 20_000L, 60_000L, 0L, 0L, 0L, ""), await Seen(database, "two", "2026-11"));
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(1)]
    public async Task A_rebuild_counts_the_same_however_few_rows_fit_in_memory_and_the_runner_goes_on_behind_it(int rowsMax)
    {
        await using var database = await ProjectionDatabase.Create();
        var (one, two) = (await Lived(database, "one"), await Lived(database, "two"));
        await Publish(one, "in-december", "/tests", new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), 70);
        var last = await Exceed(two, "events_per_month", "2026-11");
        await using var running = Running.Start(database.Store, projection: Usage);
        await running.Runner.Progress.WaitFor(last, Stop);
        var right = await Rows(database);
        Assert.Equal(3, right.Count);

        await database.Execute("update eventmesh.usage set events = 99, exceeded = '{}'");
        await new Rebuild(database.Store, Usage, rowsMax).Whole(null, Stop);
        Assert.Equal(right, await Rows(database));

        await database.Execute("update eventmesh.usage set events = 99 where tenant_id = 'one'");
        for (var i = 0; i < 2; i++) await new Rebuild(database.Store, Usage, rowsMax).Workspace("one", null, Stop);
        Assert.Equal(right, await Rows(database));

        await one.Route(2);
        await two.Route(2);
        await running.Runner.Progress.WaitFor(two.Last, Stop);
        Assert.Equal(("one", 5L, 10L, 10L, 4L, 2L, ""), await Seen(database, "one", "2026-11"));
        Assert.Equal(("two", 5L, 10L, 10L, 4L, 2L, "events_per_month"), await Seen(database, "two", "2026-11"));
    }

    [Fact]
    public async Task A_workspace_sees_its_own_row_alone_whatever_it_asks()
    {
        await using var database = await ProjectionDatabase.Create();
        await Lived(database, "one");
        var two = await Lived(database, "two");
        await using (var running = Running.Start(database.Store, projection: Usage)) await running.Runner.Progress.WaitFor(two.Last, Stop);
        await using var session = await database.Store.For("one").Session(Stop);
        session.Add("one", new Npgsql.NpgsqlBatchCommand("select tenant_id from eventmesh.usage"));
        await using var reader = await session.Run(Stop);
        await reader.NextResultAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Equal("one", reader.GetString(0));
        Assert.False(await reader.ReadAsync(Stop));
    }

    /// <summary>Four events of two deliveries each; of the first four deliveries the even ones succeed and the odd ones fail.</summary>
    private static async Task<History> Lived(ProjectionDatabase database, string workspace)
    {
        var history = new History(database.Store, workspace);
        for (var i = 0; i < 4; i++) await history.Route(2);
        for (var i = 0; i < 4; i++) await (i % 2 == 0 ? history.Succeed(i) : history.Fail(i, Failure.Status));
        return history;
    }

    private static Task<Position> Publish(History history, string id, string source, DateTimeOffset at, int size) => history.Store.Append(
        $"evt_{id}", "published_event", 0, [new PublishedEventEvent.EventPublished(id, source, "t", null, null, null, null, size, "00", at)], new(at));

    private static Task<Position> Exceed(History history, string limit, string period) => history.Store.Append(
        Limit.StreamOf(limit, period), "limit", 0, [new LimitEvent.LimitExceeded(limit, period, 7, Overage.Soft, "starter", new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero))], new(DateTimeOffset.UnixEpoch));

    private static async Task<(string, long, long, long, long, long, string)> Seen(ProjectionDatabase database, string workspace, string period)
    {
        var used = await UsageQuery.Of(database.Store.For(workspace), period, Stop);
        Assert.Equal(used, (await UsageQuery.All(database.Store, [workspace], period, noisiest: true, null, 10, Stop)).Select(u => u with { Exceeded = used.Exceeded }).Single());
        return (used.Workspace, used.Events, used.Bytes, used.Deliveries, used.Attempts, used.Failures, string.Join(' ', used.Exceeded));
    }

    /// <summary>Every row without its generation, which says only which rebuild wrote it.</summary>
    private static async Task<List<string>> Rows(ProjectionDatabase database)
    {
        await using var command = database.Admin.CreateCommand(
            "select format('%s %s %s %s %s %s %s %s %s %s', tenant_id, period, events, bytes, deliveries, attempts, failures, exceeded, last_xid, last_seq) from eventmesh.usage order by 1");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop)) rows.Add(reader.GetString(0));
        return rows;
    }

    private static Task Write(ProjectionDatabase database, IEnumerable<StoredEvent> events)
    {
        var fold = Usage.Begin();
        foreach (var e in events) fold.Take(e.Position, e.Workspace, e.Stream, e.Type, e.Data.Span);
        return Write(database, fold);
    }

    private static async Task Write(ProjectionDatabase database, ProjectionFold fold)
    {
        await using var connection = await database.Admin.OpenConnectionAsync(Stop);
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        foreach (var statement in fold.Upsert(Usage.Table, null, 1000)) batch.BatchCommands.Add(statement);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(Stop);
    }
}
