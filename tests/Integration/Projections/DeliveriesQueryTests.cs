using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

public sealed class DeliveriesQueryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_follow_each_other_newest_first_without_gap_or_repeat()
    {
        await using var database = await ProjectionDatabase.Create();
        var (history, _) = await Filled(database, "pages");
        var ids = new List<string>();
        DeliveryCursor? cursor = null;
        do
        {
            var page = await DeliveriesQuery.List(history.Store, null, null, null, cursor, 4, Stop);
            Assert.InRange(page.Items.Count, 1, 4);
            ids.AddRange(page.Items.Select(d => d.Id));
            cursor = page.Next is { } next && DeliveryCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
        }
        while (cursor is not null);

        Assert.Equal(history.Born.Chunk(3).Reverse().SelectMany(e => e.Select(b => b.Id).OrderDescending(StringComparer.Ordinal)), ids);
    }

    [Fact]
    public async Task Every_filter_and_every_pair_of_filters_finds_what_a_look_at_all_rows_finds()
    {
        await using var database = await ProjectionDatabase.Create();
        var (history, @event) = await Filled(database, "filters");
        var all = (await DeliveriesQuery.List(history.Store, null, null, null, null, 100, Stop)).Items;
        Assert.Equal(DeliveryStatus.All.Order(), all.Select(d => d.Status).Distinct().Order());

        foreach (var status in DeliveryStatus.All.Append(null))
        foreach (var connection in new[] { "con_0", "con_2", "con_9", null })
        foreach (var of in new[] { @event, "evt_none", null })
        {
            var found = await DeliveriesQuery.List(history.Store, status, connection, of, null, 100, Stop);
            Assert.Equal(all.Where(d => (status ?? d.Status) == d.Status && (connection ?? d.Connection) == d.Connection && (of ?? d.Event) == d.Event), found.Items);
            Assert.Null(found.Next);
        }
    }

    [Fact]
    public async Task A_query_without_a_filter_sees_one_workspace()
    {
        await using var database = await ProjectionDatabase.Create();
        var (mine, _) = await Filled(database, "mine");
        var (theirs, _) = await Filled(database, "theirs");

        Assert.Null(await DeliveriesQuery.Find(mine.Store, theirs.Born[0].Id, Stop));
        Assert.NotNull(await DeliveriesQuery.Find(theirs.Store, theirs.Born[0].Id, Stop));
        await using var session = await mine.Store.Session(Stop);
        session.Add(mine.Workspace, new NpgsqlBatchCommand("select tenant_id, count(*) from eventmesh.deliveries group by 1"));
        await using var reader = await session.Run(Stop);
        await reader.NextResultAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Equal(("mine", (long)mine.Born.Count), (reader.GetString(0), reader.GetInt64(1)));
        Assert.False(await reader.ReadAsync(Stop));
    }

    [Theory]
    [InlineData("insert into eventmesh.read_model_generations values ('deliveries', 'mine', 7)")]
    [InlineData("update eventmesh.deliveries set status = 'delivered'")]
    [InlineData("delete from eventmesh.deliveries")]
    public async Task A_workspace_cannot_write_what_it_reads(string sql)
    {
        await using var database = await ProjectionDatabase.Create();
        await using var session = await database.Store.For("mine").Session(Stop);
        session.Add("mine", new NpgsqlBatchCommand(sql));
        var refusal = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var reader = await session.Run(Stop);
            await reader.NextResultAsync(Stop);
        });
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task A_reader_of_another_node_waits_for_a_position_even_of_an_event_that_is_not_projected()
    {
        await using var database = await ProjectionDatabase.Create();
        var (history, _) = await Filled(database, "waits");
        var position = await history.Store.Append("evt_unrouted", "published_event", 0, [new NewEvent("event_published", null, "{}"u8.ToArray())], new(DateTimeOffset.UnixEpoch), stop: Stop);
        Assert.False(await ReadModel.WaitFor(database.Store, DeliveriesProjection.Name, position, TimeSpan.Zero, Stop));
        var waiting = ReadModel.WaitFor(database.Store, DeliveriesProjection.Name, position, Eventually.Patience, Stop);
        await using var running = Running.Start(database.Store);
        Assert.True(await waiting);
    }

    /// <summary>Six events of three deliveries each, in every status; and the id of the fourth event.</summary>
    private static async Task<(History History, string Event)> Filled(ProjectionDatabase database, string workspace)
    {
        var history = new History(database.Store, workspace);
        var events = new List<string>();
        for (var i = 0; i < 6; i++) events.Add(await history.Route(3));
        for (var i = 0; i < 18; i++)
        {
            if (i % 5 == 0) await history.Succeed(i);
            if (i % 5 == 1) await history.Fail(i, Failure.Status);
            if (i % 5 == 2) await history.Fail(i, Failure.Gone);
            if (i % 5 == 3) await history.Discard(i);
        }
        await using var running = Running.Start(database.Store);
        await running.Runner.Progress.WaitFor(history.Last, Stop);
        return (history, events[3]);
    }
}
