using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Usage;

using Row = KeyValuePair<(string Workspace, string Period), List<UsageEntry>>;

internal static class UpsertUsage
{
    // Empty rows first, so that there is a last position to compare with.
    private static string InsertSql(string table) => $"""
        insert into {table} (tenant_id, period, generation, events, bytes, deliveries, attempts, failures, exceeded, last_xid, last_seq)
        select r.tenant_id, r.period, coalesce($1, g.generation, 0), 0, 0, 0, 0, 0, array[]::varchar[], '0', 0
        from unnest($2, $3) as r(tenant_id, period)
        left join eventmesh.read_model_generations g on g.model = 'usage' and g.tenant_id = r.tenant_id
        on conflict do nothing
        """;

    private static string AddSql(string table) => $"""
        with r as (
          select r.*, coalesce($1, g.generation, 0) as generation
          from unnest($2, $3, $4, $5) with ordinality as r(tenant_id, period, last_xid, last_seq, ord)
          left join eventmesh.read_model_generations g on g.model = 'usage' and g.tenant_id = r.tenant_id
        ), added as (
          select r.tenant_id, r.period, r.generation, r.last_xid, r.last_seq, sum(e.events)::bigint as events, sum(e.bytes)::bigint as bytes, sum(e.deliveries)::bigint as deliveries,
            sum(e.attempts)::bigint as attempts, sum(e.failures)::bigint as failures, string_agg(e.exceeded, ',') as exceeded
          from r
          join {table} u on u.tenant_id = r.tenant_id and u.period = r.period and u.generation = r.generation
          join unnest($6, $7, $8, $9, $10, $11, $12, $13, $14) as e(ord, xid, seq, events, bytes, deliveries, attempts, failures, exceeded)
            on e.ord = r.ord and (e.xid, e.seq) > (u.last_xid, u.last_seq)
          group by r.tenant_id, r.period, r.generation, r.last_xid, r.last_seq
        )
        update {table} u
        set events = u.events + a.events, bytes = u.bytes + a.bytes, deliveries = u.deliveries + a.deliveries, attempts = u.attempts + a.attempts, failures = u.failures + a.failures,
          exceeded = case when a.exceeded is null then u.exceeded else
            (select array_agg(distinct x order by x) from unnest(u.exceeded || string_to_array(a.exceeded, ',')::varchar[]) as x) end,
          last_xid = a.last_xid, last_seq = a.last_seq
        from added a
        where u.tenant_id = a.tenant_id and u.period = a.period and u.generation = a.generation and (u.last_xid, u.last_seq) < (a.last_xid, a.last_seq)
        """;

    /// <summary>Two statements, in this order.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Commands(string table, Row[] rows, int? generation)
    {
        var entries = rows.SelectMany((row, ord) => row.Value.Select(e => (Ord: ord + 1L, Entry: e))).ToArray();
        var (insert, add) = (new NpgsqlBatchCommand(InsertSql(table)), new NpgsqlBatchCommand(AddSql(table)));
        foreach (var command in new[] { insert, add })
        {
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)generation ?? DBNull.Value });
            Add(command, NpgsqlDbType.Varchar, rows, r => r.Key.Workspace);
            Add(command, NpgsqlDbType.Varchar, rows, r => r.Key.Period);
        }
        Add(add, NpgsqlDbType.Xid8, rows, r => r.Value[^1].Position.Transaction);
        Add(add, NpgsqlDbType.Bigint, rows, r => r.Value[^1].Position.Sequence);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Ord);
        Add(add, NpgsqlDbType.Xid8, entries, e => e.Entry.Position.Transaction);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Position.Sequence);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Events);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Bytes);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Deliveries);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Attempts);
        Add(add, NpgsqlDbType.Bigint, entries, e => e.Entry.Failures);
        Add(add, NpgsqlDbType.Varchar, entries, e => e.Entry.Exceeded.Length == 0 ? null : string.Join(',', e.Entry.Exceeded));
        return [insert, add];
    }

    private static void Add<TItem, TValue>(NpgsqlBatchCommand command, NpgsqlDbType type, TItem[] items, Func<TItem, TValue> value) =>
        command.Parameters.Add(new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = Array.ConvertAll(items, i => value(i)) });
}
