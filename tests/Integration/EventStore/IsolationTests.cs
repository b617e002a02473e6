using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class IsolationTests : IAsyncLifetime
{
    private static readonly string[] Roles = ["eventmesh_tenant", "eventmesh_append", "eventmesh_writer", "eventmesh_feed", "eventmesh_marten", "eventmesh_sealer"];

    private Opened opened = null!;

    public async ValueTask InitializeAsync()
    {
        opened = await Opened.New("isolation");
        foreach (var workspace in new[] { "acme", "zeta" })
            await opened.Store.For(workspace).Append("s", "thing", 0, Opened.Events(2), Opened.Now, [new("p", DateOnly.FromDateTime(DateTime.UtcNow), null, new byte[] { 1 })]);
        await using var direct = await opened.Connect();
        await Opened.Run(direct, "insert into eventmesh.secrets values ('acme', 'k', 1, 'x', now()), ('zeta', 'k', 1, 'x', now())");
    }

    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Theory]
    [InlineData("mt_events", 2)]
    [InlineData("mt_streams", 1)]
    [InlineData("eventmesh.payloads", 1)]
    [InlineData("eventmesh.secrets", 1)]
    public async Task A_query_without_a_filter_sees_its_session_s_workspace_and_nothing_without_one(string table, long rows)
    {
        await using var tenant = await opened.Connect("eventmesh_tenant", "acme");
        Assert.Equal(rows, await Opened.Ask(tenant, $"select count(*) from {table}"));
        Assert.Equal(0L, await Opened.Ask(tenant, $"select count(*) from {table} where tenant_id <> 'acme'"));

        await Opened.Run(tenant, "set app.tenant_id = ''");
        Assert.Equal(0L, await Opened.Ask(tenant, $"select count(*) from {table}"));
        await using var unset = await opened.Connect("eventmesh_tenant");
        Assert.Equal(0L, await Opened.Ask(unset, $"select count(*) from {table}"));
    }

    [Theory]
    [InlineData("update mt_events set data = '{}'")]
    [InlineData("delete from mt_events")]
    [InlineData("truncate mt_events")]
    public async Task Events_are_never_changed_by_any_role_nor_by_their_owner(string change)
    {
        foreach (var role in Roles)
        {
            await using var session = await opened.Connect(role, "acme");
            await Refused(() => Opened.Run(session, change));
        }
        await using var owner = await opened.Connect();
        var refusal = await Refused(() => Opened.Run(owner, change));
        Assert.Contains("immutable", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_role_can_pass_row_level_security_or_log_in()
    {
        await using var direct = await opened.Connect();
        // And the purger, whom PurgerTests are about.
        Assert.Equal(Roles.Length + 1L, await Opened.Ask(direct,
            "select count(*) from pg_roles where rolname like 'eventmesh\\_%' and not (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb)"));
    }

    [Fact]
    public async Task The_appending_role_can_execute_the_functions_that_append_and_nothing_else()
    {
        await using var direct = await opened.Connect();
        Assert.Equal(0L, await Opened.Ask(direct, """
            select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'eventmesh') and c.relkind in ('r', 'p', 'v', 'm')
              and has_table_privilege('eventmesh_append', c.oid, 'select, insert, update, delete, truncate, references, trigger')
            """));
        Assert.Equal(0L, await Opened.Ask(direct, """
            select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'eventmesh') and case when c.relkind = 'S' then has_sequence_privilege('eventmesh_append', c.oid, 'usage, select, update') end
            """));
        Assert.Equal("append, append_kept, append_one, append_one_kept, append_one_sealed, append_sealed", await Opened.Ask(direct, """
            select string_agg(p.proname, ', ' order by p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'eventmesh' and has_function_privilege('eventmesh_append', p.oid, 'execute')
            """));
    }

    [Fact]
    public async Task Only_the_appending_role_may_append()
    {
        await using var direct = await opened.Connect();
        foreach (var role in Roles.Where(r => r is not "eventmesh_append" and not "eventmesh_writer"))
            Assert.Equal(false, await Opened.Ask(direct, "select has_function_privilege($1, (select oid from pg_proc where proname = 'append' and pronamespace = 'eventmesh'::regnamespace), 'execute')", role));
        await using var tenant = await opened.Connect("eventmesh_tenant", "acme");
        await Refused(() => Opened.Run(tenant, "insert into mt_streams (tenant_id, id, version) values ('acme', 'x', 0)"));
    }

    [Fact]
    public async Task A_feed_reads_every_workspace_but_no_secret_s_value_and_writes_no_event()
    {
        await using var feed = await opened.Connect("eventmesh_feed");
        Assert.Equal(4L, await Opened.Ask(feed, "select count(*) from mt_events"));
        await Refused(() => Opened.Ask(feed, "select count(value) from eventmesh.secrets"));
        await Refused(() => Opened.Run(feed, "insert into mt_streams (tenant_id, id, version) values ('acme', 'x', 0)"));
        await Refused(() => Opened.Run(feed, "update mt_streams set version = 0"));
    }

    [Fact]
    public async Task Partitions_of_payloads_cannot_be_read_past_their_table()
    {
        await using var direct = await opened.Connect();
        Assert.Equal(0L, await Opened.Ask(direct, """
            select count(*) from pg_inherits i, unnest(array['eventmesh_tenant', 'eventmesh_feed', 'eventmesh_writer', 'eventmesh_marten']) role
            where i.inhparent = 'eventmesh.payloads'::regclass and has_table_privilege(role, i.inhrelid, 'select, insert, update, delete')
            """));
    }

    private static async Task<PostgresException> Refused(Func<Task> change)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(change);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        return refusal;
    }
}
