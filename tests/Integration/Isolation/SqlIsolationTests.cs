using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.Isolation;

/// <summary>The database as a node leaves it, with something of two workspaces.</summary>
public sealed class LeftByANode : IAsyncLifetime
{
    private EventMeshProcess node = null!;

    public string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Database = await (await PostgresServer.Shared).CreateDatabase("isolation_sql");
        node = await EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = Database, ["EVENTMESH_ALLOW_NETWORKS"] = "127.0.0.0/8" });
        using var client = new WorkspaceKeys().Client(node);
        foreach (var workspace in new[] { "acme", "bolt" })
        {
            await Post(client, "/v1/workspaces", new { id = workspace, name = workspace });
            var connection = await Post(client, $"/v1/workspaces/{workspace}/connections", new { name = "c", kind = "webhook", config = new { url = "http://127.0.0.1:9/", retry_schedule = new[] { 3600 } } });
            await Post(client, $"/v1/workspaces/{workspace}/rules", new { name = "r", connections = new[] { connection.GetProperty("id").GetString() }, ordering = new { key = "data.key" } });
            await Post(client, $"/v1/workspaces/{workspace}/secrets", new { name = "s", value = "a value" });
            using var published = new StringContent($$"""{"specversion":"1.0","id":"1","source":"/shop","type":"order.made","data":{"key":"k"} }""", Encoding.UTF8, new MediaTypeHeaderValue("application/cloudevents+json"));
            using var answer = await client.PostAsync($"/v1/workspaces/{workspace}/events", published);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        await using var direct = NpgsqlDataSource.Create(Database);
        await using var deliveries = direct.CreateCommand("select count(distinct tenant_id) from eventmesh.deliveries");
        await Eventually.True(async () => await deliveries.ExecuteScalarAsync() is 2L, Eventually.Patience, "deliveries of both");
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    private static async Task<JsonElement> Post(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

/// <summary>Asked past the node: every table with a tenant, found in the catalogue, so that a new one is held to the same.</summary>
public sealed class SqlIsolationTests(LeftByANode left) : IClassFixture<LeftByANode>
{
    private static readonly string[] Roles = ["eventmesh_tenant", "eventmesh_append", "eventmesh_writer", "eventmesh_marten"];

    [Fact]
    public async Task Every_table_that_keeps_sealed_values_is_known_to_the_rotation_of_keys()
    {
        await using var direct = await Session();
        const string Keeping = """
            select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'sealed' and a.atttypid = 'bytea'::regtype and not a.attisdropped
            where c.relkind in ('r', 'p') and not c.relispartition
            """;
        Assert.NotEmpty(await Names(direct, Keeping));
        Assert.Equal((await Names(direct, Keeping)).Order(StringComparer.Ordinal), await Names(direct, "select name::regclass::text from eventmesh.sealed_tables order by name"));
    }

    [Fact]
    public async Task Every_table_with_a_tenant_forces_row_level_security_and_has_a_policy()
    {
        await using var direct = await Session();
        var open = await Names(direct, """
            select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and not c.relispartition
              and (not c.relrowsecurity or not c.relforcerowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
            """);
        Assert.Empty(open);
        // A partition is reached through its table, whose policies hold; by its own name no role of ours reaches it.
        var reached = await Names(direct, $"""
            select c.oid::regclass || ' by ' || r.rolname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            cross join pg_roles r
            where c.relispartition and not (c.relrowsecurity and c.relforcerowsecurity) and r.rolname in ({string.Join(", ", Roles.Select(r => $"'{r}'"))})
              and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')
            """);
        Assert.Empty(reached);
    }

    [Fact]
    public async Task The_tenants_role_finds_nothing_of_another_in_any_table_and_nothing_at_all_without_a_workspace()
    {
        await using var direct = await Session();
        var tables = await Names(direct, "select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.columns where column_name = 'tenant_id' and table_schema not in ('pg_catalog', 'information_schema') order by 1");
        Assert.NotEmpty(tables);
        await using var acme = await Session("eventmesh_tenant", "acme");
        await using var unset = await Session("eventmesh_tenant");
        var read = 0;
        foreach (var table in tables)
        {
            if (await Count(acme, $"{table} where tenant_id <> 'acme'") is not { } others) continue;
            Assert.True(others == 0, $"{table} shows {others} rows of others");
            Assert.True(await Count(unset, table) == 0, $"{table} shows rows to a session of no workspace");
            if (await Count(acme, table) > 0 && await Ask<bool>(direct, $"select exists (select from {table} where tenant_id = 'bolt')")) read++;
        }
        // Where both had rows: the question was not asked of empty tables.
        Assert.True(read >= 4, $"only {read} tables had rows of both");
    }

    [Fact]
    public async Task The_tenants_role_writes_nothing_into_another()
    {
        await using var acme = await Session("eventmesh_tenant", "acme");
        foreach (var sql in new[]
        {
            "insert into public.mt_streams (tenant_id, id, version) values ('bolt', 'x', 1)",
            "update eventmesh.deliveries set tenant_id = 'bolt'",
            "delete from eventmesh.secrets where tenant_id = 'bolt'",
            "insert into eventmesh.secrets select 'bolt', name, version + 100, value, created_at from eventmesh.secrets",
        })
        {
            await using var command = new NpgsqlCommand(sql, acme);
            var changed = 0;
            try
            {
                changed = await command.ExecuteNonQueryAsync();
            }
            catch (PostgresException refused)
            {
                Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.UndefinedColumn, PostgresErrorCodes.UndefinedTable });
            }
            Assert.True(changed == 0, sql);
        }
    }

    private async Task<NpgsqlConnection> Session(string? role = null, string? workspace = null)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(left.Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"{(role is null ? "" : $"set role {role};")}{(workspace is null ? "" : $"set app.tenant_id = '{workspace}';")}select 1", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Null when the session may not look at all.</summary>
    private static async Task<long?> Count(NpgsqlConnection session, string from)
    {
        try
        {
            return await Ask<long>(session, $"select count(*) from {from}");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    private static async Task<T> Ask<T>(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<List<string>> Names(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        return names;
    }
}
