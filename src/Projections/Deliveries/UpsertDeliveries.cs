using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Deliveries;

internal static class UpsertDeliveries
{
    // Birth and target of a row never change; of attempts the greater is the right one, whichever event named it.
    private static string Sql(string table) => $"""
        insert into {table} as d (tenant_id, id, generation, event_id, accepted_at, connection_id, rule_id, status, attempts, next_attempt_at, created_xid, created_seq, last_xid, last_seq)
        select r.tenant_id, r.id, coalesce($1, g.generation, 0), r.event_id, r.accepted_at, r.connection_id, r.rule_id, r.status, r.attempts, r.next_attempt_at,
          r.created_xid, r.created_seq, r.last_xid, r.last_seq
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
          as r(tenant_id, id, event_id, accepted_at, connection_id, rule_id, status, attempts, next_attempt_at, created_xid, created_seq, last_xid, last_seq)
        left join eventmesh.read_model_generations g on g.model = 'deliveries' and g.tenant_id = r.tenant_id
        on conflict (tenant_id, id, generation) do update
        set status = excluded.status, attempts = greatest(d.attempts, excluded.attempts), next_attempt_at = excluded.next_attempt_at,
          last_xid = excluded.last_xid, last_seq = excluded.last_seq
        where (d.last_xid, d.last_seq) < (excluded.last_xid, excluded.last_seq)
        """;

    public static NpgsqlBatchCommand Command(string table, DeliveryRow[] rows, int? generation)
    {
        var command = new NpgsqlBatchCommand(Sql(table));
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)generation ?? DBNull.Value });
        Add(NpgsqlDbType.Varchar, r => r.Workspace);
        Add(NpgsqlDbType.Varchar, r => r.Id);
        Add(NpgsqlDbType.Varchar, r => r.Event);
        Add(NpgsqlDbType.TimestampTz, r => r.AcceptedAt.UtcDateTime);
        Add(NpgsqlDbType.Varchar, r => r.Connection);
        Add(NpgsqlDbType.Varchar, r => r.Rule);
        Add(NpgsqlDbType.Varchar, r => r.Status);
        Add(NpgsqlDbType.Integer, r => r.Attempts);
        Add(NpgsqlDbType.TimestampTz, r => r.NextAttemptAt?.UtcDateTime);
        Add(NpgsqlDbType.Xid8, r => r.Created.Transaction);
        Add(NpgsqlDbType.Bigint, r => r.Created.Sequence);
        Add(NpgsqlDbType.Xid8, r => r.Last.Transaction);
        Add(NpgsqlDbType.Bigint, r => r.Last.Sequence);
        return command;

        void Add<T>(NpgsqlDbType type, Func<DeliveryRow, T> value) => command.Parameters.Add(
            new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = Array.ConvertAll(rows, r => value(r)) });
    }
}
