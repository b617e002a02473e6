using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

/// <summary>The one role that may delete events, and only those of a workspace that is being purged.</summary>
public sealed class PurgerTests : IAsyncLifetime
{
    private const string Purger = "eventmesh_purger";
    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow);
    private Opened opened = null!;

    public async ValueTask InitializeAsync()
    {
        opened = await Opened.New("purger");
        foreach (var workspace in new[] { "acme", "zeta" })
            await opened.Store.For(workspace).Append("s", "thing", 0, Opened.Events(3), Opened.Now, [new("p", Day, null, new byte[] { 1 })]);
    }

    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task It_changes_nothing_and_deletes_nothing_while_no_purge_says_so()
    {
        await using var purger = await opened.Connect(Purger);
        foreach (var change in (string[])["update mt_events set data = '{}'", "truncate mt_events", "update mt_streams set version = 1", "insert into mt_streams (tenant_id, id, version) values ('x', 'y', 0)"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(purger, change))).SqlState);
        foreach (var table in (string[])["mt_events", "mt_streams", "eventmesh.payloads", "eventmesh.secrets"]) Assert.Equal(0, await Opened.Run(purger, $"delete from {table}"));
    }

    [Fact]
    public async Task A_purge_is_begun_only_where_the_history_says_that_there_is_no_way_back()
    {
        await using var feed = await opened.Connect("eventmesh_feed");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Opened.Ask(feed, "select eventmesh.begin_purge('acme', 'delete', 'stop')"));
        Assert.Contains("is not being purged", refused.MessageText, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(feed, "insert into eventmesh.purges (workspace, streams, step, shut) values ('acme', 'delete', 'stop', true)"));
        await Assert.ThrowsAsync<PostgresException>(() => Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'public.mt_events', 10)"));
    }

    [Fact]
    public async Task It_deletes_what_the_purged_workspace_had_and_nothing_else_and_not_before_it_is_shut()
    {
        await Begin();
        await using var feed = await opened.Connect("eventmesh_feed");
        await Assert.ThrowsAsync<PostgresException>(() => Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'public.mt_events', 10)"));
        await using var purger = await opened.Connect(Purger);
        Assert.Equal(0, await Opened.Run(purger, "delete from mt_events"));
        await Opened.Ask(feed, "select eventmesh.shut_purge('acme')");

        // Whoever is not the purger deletes nothing even now, the tables' owner included; and the purger changes nothing.
        await using var owner = await opened.Connect();
        foreach (var change in (string[])["delete from mt_events where tenant_id = 'acme'", "update mt_events set data = '{}' where tenant_id = 'acme'", "truncate mt_events"])
            Assert.Contains("immutable", (await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(owner, change))).MessageText, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(purger, "update mt_events set data = '{}'"));
        await Assert.ThrowsAsync<PostgresException>(() => Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'eventmesh.purges', 10)"));

        Assert.Equal(3L, await Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'public.mt_events', 3)"));
        Assert.Equal(1L, await Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'public.mt_events', 3)"));
        Assert.Equal(0L, await Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'public.mt_events', 3)"));
        Assert.Equal(1L, await Opened.Ask(feed, "select eventmesh.purge_rows('acme', 'eventmesh.payloads', 100)"));
        Assert.Equal("""{"public.mt_events": 4, "eventmesh.payloads": 1}""", await Opened.Ask(owner, "select counts::text from eventmesh.purges"));
        Assert.Equal((3L, 1L), ((long)(await Opened.Ask(owner, "select count(*) from mt_events where tenant_id = 'zeta'"))!, (long)(await Opened.Ask(owner, "select count(*) from eventmesh.payloads where tenant_id = 'zeta'"))!));

        // Even without a filter: what it sees is that workspace.
        Assert.Equal(2, await Opened.Run(purger, "delete from mt_streams"));
        await Opened.Ask(feed, "select eventmesh.finish_purge('acme', 'r')");
        Assert.Equal(0, await Opened.Run(purger, "delete from mt_streams"));
    }

    [Fact]
    public async Task Nothing_of_a_workspace_that_is_shut_is_appended_and_others_lose_nothing()
    {
        await Begin();
        await using var feed = await opened.Connect("eventmesh_feed");
        await Opened.Ask(feed, "select eventmesh.shut_purge('acme')");
        await Assert.ThrowsAsync<StreamArchived>(() => opened.Append("acme", "s", 3, Opened.Event()));
        await Assert.ThrowsAsync<StreamArchived>(() => opened.Append("acme", "new", 0, Opened.Event()));
        var together = await opened.Store.AppendTogether([opened.Prepare("acme", "s", 3, Opened.Event()), opened.Prepare("zeta", "s", 3, Opened.Event()), opened.Prepare("acme", "other", 0, Opened.Event()), opened.Prepare("zeta", "other", 0, Opened.Event())]);
        Assert.Equal([false, true, false, true], together.Select(a => a.Stored));
        Assert.Equal([true, false, true, false], together.Select(a => a.Archived));
        await Assert.ThrowsAsync<PostgresException>(() => opened.Store.For("acme").PutSecret("k", new byte[] { 1 }, Opened.Now.At));
        await Opened.Ask(feed, "select eventmesh.finish_purge('acme', 'r')");
        await Assert.ThrowsAsync<StreamArchived>(() => opened.Append("acme", "s", 0, Opened.Event()));
    }

    [Fact]
    public async Task Every_function_that_appends_and_every_table_of_workspaces_knows_of_purges()
    {
        await using var direct = await opened.Connect();
        Assert.Equal("", await Opened.Ask(direct, """
            select coalesce(string_agg(p.proname, ', '), '') from pg_proc p where p.pronamespace = 'eventmesh'::regnamespace and p.prosrc like '%insert into public.mt_events%' and p.prosrc not like '%eventmesh.purges%'
            """));
        Assert.Equal("", await Opened.Ask(direct, """
            select coalesce(string_agg(t.name, ', '), '') from eventmesh.purge_tables() t where not t.reachable or not exists (select from pg_policy p where p.polrelid = t.name::regclass and p.polname = 'purge')
            """));
    }

    private async Task Begin()
    {
        await opened.Append("acme", "workspace", 0, Opened.Event(type: "workspace_purging"));
        await using var feed = await opened.Connect("eventmesh_feed");
        await Opened.Ask(feed, "select eventmesh.begin_purge('acme', 'delete', 'stop')");
        await Opened.Ask(feed, "select eventmesh.begin_purge('acme', 'delete', 'stop')");
    }
}
