using System.Diagnostics;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Acceptance.Offboarding;

/// <summary>What the tables of a database hold of workspaces, as its superuser sees it.</summary>
internal static class Rows
{
    // What is added to a log is signed within a minute, and that a secret was used is told within one.
    private const string AllTold = """
        select not exists (select from (select tenant_id, count(*) as events from public.mt_events where tenant_id not in ($1, '$platform') group by tenant_id) e
          where e.events <> coalesce((select max(c.size) from eventmesh.log_checkpoints c where c.tenant_id = e.tenant_id), 0))
        and not exists (select from public.mt_events d where d.type = 'delivery_succeeded' and d.tenant_id not in ($1, '$platform')
          and not exists (select from public.mt_events u where u.tenant_id = d.tenant_id and u.type = 'secret_used'))
        """;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);

    /// <summary>Tables with rows of a workspace, and how many.</summary>
    public static async Task<Dictionary<string, long>> Of(string database, string workspace)
    {
        var found = new Dictionary<string, long>();
        await using var connection = await Open(database);
        foreach (var table in await Tables(connection))
            if ((long)(await Ask(connection, $"select count(*) from {table} where tenant_id = $1", workspace))! is > 0 and var count) found[table] = count;
        return found;
    }

    /// <summary>Every row of every workspace but one, of the platform's own history apart, once nothing changes any more.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OfOthers(string database, string workspace)
    {
        var (last, since) = (await Dump(database, workspace), Stopwatch.StartNew());
        await Eventually.True(async () =>
        {
            var told = await Ask(database, AllTold, workspace) is true;
            var now = await Dump(database, workspace);
            if (!told || !now.SequenceEqual(last)) since.Restart();
            last = now;
            return since.Elapsed > Quiet;
        }, Soon, "the others to be quiet");
        return last;
    }

    /// <summary>Asserts that no row has changed, come or gone.</summary>
    public static void Same(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), after.Keys.Order(StringComparer.Ordinal));
        foreach (var (table, rows) in before)
        {
            var (was, now) = (rows.Split('\n'), after[table].Split('\n'));
            Assert.True(rows == after[table], $"{table}: gone {string.Join(" | ", was.Except(now))}; come {string.Join(" | ", now.Except(was))}");
        }
    }

    public static async Task<object?> Ask(string database, string sql, params object[] values)
    {
        await using var connection = await Open(database);
        return await Ask(connection, sql, values);
    }

    private static async Task<Dictionary<string, string>> Dump(string database, string workspace)
    {
        var rows = new Dictionary<string, string>();
        await using var connection = await Open(database);
        foreach (var table in await Tables(connection))
            rows[table] = (string)(await Ask(connection, $"select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from {table} t where tenant_id not in ($1, '$platform')", workspace))!;
        return rows;
    }

    private static async Task<List<string>> Tables(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("""
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'eventmesh') and c.relkind in ('r', 'p') and not c.relispartition and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
            order by 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task<object?> Ask(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    private static async Task<NpgsqlConnection> Open(string database)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        return connection;
    }
}
