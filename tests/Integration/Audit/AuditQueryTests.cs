using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Audit;
using EventMesh.Tests.Integration.Projections;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Audit;

public sealed class AuditQueryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_condition_finds_what_keeps_it_and_all_of_them_together_what_keeps_all()
    {
        await using var database = await ProjectionDatabase.Create();
        var acme = await Lived(database, "acme");
        await Lived(database, "bolt");

        Assert.Equal(["delivery_succeeded", "event_routed", "event_published", "secret_used", "access_refused", "connection_changed", "connection_created"], await Types(acme, AuditFilter.All));
        Assert.Equal(["connection_changed", "connection_created"], await Types(acme, new() { Actor = "key_1" }));
        Assert.Equal(["delivery_succeeded", "event_routed", "secret_used"], await Types(acme, new() { Actor = "eventmesh" }));
        Assert.Equal(["access_refused"], await Types(acme, new() { Actor = "adm_1" }));
        Assert.Equal(["secret_used", "connection_changed"], await Types(acme, new() { Types = ["connection_changed", "secret_used"] }));
        Assert.Equal(["event_published", "connection_created"], await Types(acme, new() { Types = ["connection_created", "event_published"] }));
        Assert.Equal(["delivery_succeeded", "secret_used", "connection_changed", "connection_created"], await Types(acme, new() { Resource = "con_1" }));
        Assert.Equal(["delivery_succeeded", "event_routed", "event_published"], await Types(acme, new() { Resource = "evt_1" }));
        Assert.Equal(["delivery_succeeded"], await Types(acme, new() { Resource = "dlv_1" }));
        Assert.Equal(["delivery_succeeded"], await Types(acme, new() { Resource = "rul_1" }));
        Assert.Equal(["access_refused"], await Types(acme, new() { Resource = "rul_9" }));
        Assert.Equal(["event_routed", "event_published"], await Types(acme, new() { Correlation = "order-7" }));
        Assert.Equal(["delivery_succeeded"], await Types(acme, new() { Correlation = "evt_1" }));
        Assert.Equal(["connection_changed"], await Types(acme, new() { Elevation = "elv_1" }));
        Assert.Equal(["access_refused"], await Types(acme, new() { Outcome = "refused" }));
        Assert.Empty(await Types(acme, new() { Outcome = "failed" }));
        Assert.Equal(6, (await Types(acme, new() { Outcome = "succeeded" })).Count);
        Assert.Equal(["connection_changed"], await Types(acme, new() { Since = At(1), Until = At(2) }));
        Assert.Equal(["connection_changed"], await Types(acme, new() { Actor = "key_1", Resource = "con_1", Types = ["connection_changed"], Elevation = "elv_1", Outcome = "succeeded", Correlation = "con_1", Since = At(0), Until = At(9) }));
        Assert.Empty(await Types(acme, new() { Actor = "key_1", Resource = "evt_1" }));
        Assert.Empty(await Types(acme, new() { Types = [] }));
    }

    [Fact]
    public async Task Pages_go_on_where_the_one_before_ended_whatever_is_asked()
    {
        await using var database = await ProjectionDatabase.Create();
        var acme = await Lived(database, "acme");
        foreach (var filter in new AuditFilter[] { AuditFilter.All, new() { Resource = "con_1" }, new() { Types = ["connection_created", "connection_changed", "secret_used"] }, new() { Actor = "eventmesh", Resource = "con_1" } })
        {
            var whole = await Types(acme, filter);
            var paged = new List<string>();
            for (AuditCursor? cursor = null; ;)
            {
                var page = await AuditQuery.List(acme, filter, cursor, 1, Stop);
                paged.AddRange(await Of(acme, page));
                if (page.Next is not { } next) break;
                Assert.True(AuditCursor.TryParse(next.ToString(), out var parsed));
                cursor = parsed;
            }
            Assert.Equal(whole, paged);
        }
    }

    [Fact]
    public async Task A_workspace_finds_nothing_of_another_even_by_its_ids()
    {
        await using var database = await ProjectionDatabase.Create();
        await Lived(database, "acme");
        var bolt = database.Store.For("bolt");
        Assert.Empty(await Types(bolt, AuditFilter.All));
        foreach (var filter in new AuditFilter[] { new() { Resource = "evt_1" }, new() { Actor = "key_1" }, new() { Correlation = "order-7" }, new() { Types = ["connection_created"] } }) Assert.Empty(await Types(bolt, filter));

        await using var session = await bolt.Session(Stop);
        session.Add("bolt", new NpgsqlBatchCommand("select count(*) from eventmesh.audit"));
        await using var reader = await session.Run(Stop);
        await reader.NextResultAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Equal(0L, reader.GetInt64(0));
    }

    internal static DateTimeOffset At(int second) => new(2026, 11, 21, 9, 0, second, TimeSpan.Zero);

    /// <summary>One workspace's events of many kinds, one a second, and their rows.</summary>
    internal static async Task<WorkspaceStore> Lived(ProjectionDatabase database, string name)
    {
        var workspace = database.Store.For(name);
        await Append("con_1", 0, "connection_created", """{"name":"Shop"}""", new(At(0), "key_1", "con_1"));
        await Append("con_1", 1, "connection_changed", """{"name":"Shop 2"}""", new(At(1), "key_1", "con_1", Elevation: "elv_1"));
        await Append("rfs_1", 0, "access_refused", """{"actor":"adm_1","resource":"rul_9","reason":"role"}""", new(At(2)));
        await Append("use_1", 0, "secret_used", """{"secret":"connections/con_1/signing"}""", new(At(3), "eventmesh"));
        await Append("evt_1", 0, "event_published", """{"subject":"con_1"}""", new(At(4), "key_2", "order-7"));
        await Append("evt_1", 1, "event_routed", """{"deliveries":[{"id":"dlv_1","rule":"rul_1","connection":"con_1"}]}""", new(At(5), "eventmesh", "order-7", "evt_1"));
        await Append("dlv_1", 0, "delivery_succeeded", """{"of":{"event":"evt_1","connection":"con_1","rule":"rul_1"}}""", new(At(6), "eventmesh", "evt_1", "evt_1"));
        var last = await workspace.ReadLastPosition(Stop);
        await using var running = Running.Start(database.Store, projection: AuditProjection.Projection);
        await running.Runner.Progress.WaitFor(last, Stop);
        return workspace;

        Task Append(string stream, long version, string type, string data, EventMetadata metadata) =>
            workspace.Append(stream, "thing", version, [new NewEvent(type, null, System.Text.Encoding.UTF8.GetBytes(data))], metadata, null, Stop);
    }

    private static async Task<IReadOnlyList<string>> Types(WorkspaceStore workspace, AuditFilter filter) => await Of(workspace, await AuditQuery.List(workspace, filter, null, 50, Stop));

    private static async Task<IReadOnlyList<string>> Of(WorkspaceStore workspace, AuditRows rows) =>
        [.. (await workspace.ReadSequences([.. rows.Items.Select(i => i.Sequence)], Stop)).Select(e => e.Type)];
}
