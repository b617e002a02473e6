using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Log;

/// <summary>What a page of the feed did to logs, written in three statements, however many workspaces it was.</summary>
internal static class WriteLogs
{
    // Whatever is there already was not written by a follower that wrote its state with it: a tree that is written over so is one that no checkpoint fits.
    private const string RowsSql = """
        insert into eventmesh.log_tiles (tenant_id, level, first, hashes, first_xid, first_seq)
        select * from unnest($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, level, first) do update set hashes = excluded.hashes, first_xid = excluded.first_xid, first_seq = excluded.first_seq
        """;

    private const string FilledSql = """
        with parts as (
          delete from eventmesh.log_tiles t using unnest($1, $2, $3) as f(tenant_id, level, first)
          where t.tenant_id = f.tenant_id and t.level = f.level and t.first >= f.first and t.first < f.first + 256
          returning t.*, f.first as tile
        )
        insert into eventmesh.log_tiles (tenant_id, level, first, hashes, first_xid, first_seq)
        select p.tenant_id, p.level, p.tile, string_agg(p.hashes, ''::bytea order by p.first), (array_agg(p.first_xid order by p.first))[1], (array_agg(p.first_seq order by p.first))[1]
        from parts p group by p.tenant_id, p.level, p.tile
        """;

    private const string StatesSql = """
        insert into eventmesh.log_state (tenant_id, size, peaks, last_xid, last_seq)
        select * from unnest($1, $2, $3, $4, $5)
        on conflict (tenant_id) do update set size = excluded.size, peaks = excluded.peaks, last_xid = excluded.last_xid, last_seq = excluded.last_seq
        """;

    public static async Task Run(NpgsqlConnection connection, IReadOnlyCollection<GrowingLog> logs, CancellationToken stop)
    {
        var rows = logs.SelectMany(l => l.Rows().Select(r => (l.Workspace, Row: r))).ToArray();
        var filled = logs.SelectMany(l => l.Filled().Select(f => (l.Workspace, f.Level, f.First))).ToArray();
        var states = logs.ToArray();

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(RowsSql)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Varchar, rows, r => r.Workspace), Array(NpgsqlDbType.Smallint, rows, r => r.Row.Level), Array(NpgsqlDbType.Bigint, rows, r => r.Row.First),
                Array(NpgsqlDbType.Bytea, rows, r => r.Row.Hashes), Array(NpgsqlDbType.Xid8, rows, r => r.Row.Position?.Transaction), Array(NpgsqlDbType.Bigint, rows, r => r.Row.Position?.Sequence),
            },
        });
        if (filled.Length > 0)
        {
            batch.BatchCommands.Add(new(FilledSql)
            {
                Parameters = { Array(NpgsqlDbType.Varchar, filled, f => f.Workspace), Array(NpgsqlDbType.Smallint, filled, f => f.Level), Array(NpgsqlDbType.Bigint, filled, f => f.First) },
            });
        }
        batch.BatchCommands.Add(new(StatesSql)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Varchar, states, s => s.Workspace), Array(NpgsqlDbType.Bigint, states, s => s.Size), Array(NpgsqlDbType.Bytea, states, s => s.Peaks()),
                Array(NpgsqlDbType.Xid8, states, s => s.UpTo.Transaction), Array(NpgsqlDbType.Bigint, states, s => s.UpTo.Sequence),
            },
        });
        await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }

    private static NpgsqlParameter<TValue[]> Array<TItem, TValue>(NpgsqlDbType type, TItem[] items, Func<TItem, TValue> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = System.Array.ConvertAll(items, i => value(i)) };
}
