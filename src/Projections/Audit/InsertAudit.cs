using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Audit;

internal static class InsertAudit
{
    // Whoever appends through Marten may give names as long as the database allows; an index takes none that fills a third of a page.
    private static string Sql(string table, bool ofOne) => $$"""
        insert into {{table}} (tenant_id, at, seq, generation, type, actor, correlation, elevation, outcome, resource_1, resource_2)
        select e.tenant_id, e.timestamp, e.seq_id, coalesce($6, g.generation, 0), left(e.type, 200),
          left(case when e.type = 'access_refused' then e.data ->> 'actor' else e.user_name end, 200),
          case when e.correlation_id is distinct from e.stream_id and e.correlation_id is distinct from e.data #>> '{of,event}' then left(e.correlation_id, 200) end,
          left(case when e.type = 'access_refused' then e.data ->> 'elevation' else e.headers ->> 'elevation' end, 200),
          case
            when e.type in ('delivery_attempt_failed', 'delivery_dead_lettered', 'delivery_discarded', 'connection_needs_attention') then 'failed'
            when e.type in ('access_refused', 'secret_access_refused', 'elevation_refused') then 'refused'
            when e.type = 'limit_exceeded' then case when e.data ->> 'overage' = 'hard' then 'refused' end
            when e.data ->> 'outcome' = 'failed' then 'failed'
          end,
          n.names[1], n.names[2]
        from (
          select * from public.mt_events m where (m.xid, m.seq_id) >= ($1, $2) and (m.xid, m.seq_id) <= ($3, $4){{(ofOne ? " and m.tenant_id = $7" : "")}}
          order by m.xid, m.seq_id limit $5
        ) e
        left join eventmesh.read_model_generations g on g.model = 'audit' and g.tenant_id = e.tenant_id
        cross join lateral (select case
          when e.type in ('event_published', 'event_routed') then null
          when e.type like 'delivery\_%' then array[left(e.data #>> '{of,connection}', 200), left(e.data #>> '{of,rule}', 200)]
          else eventmesh.audit_names(e.data)
        end as names offset 0) n
        on conflict do nothing
        """;

    /// <summary>Adds the rows of events that have none.</summary>
    /// <param name="events">In the order of the feed.</param>
    /// <param name="workspace">Whose all of them are; null for those of all workspaces between the first and the last.</param>
    public static NpgsqlBatchCommand Command(string table, Position[] events, string? workspace, int? generation)
    {
        var (first, last) = (events[0], events[^1]);
        var command = new NpgsqlBatchCommand(Sql(table, workspace is not null))
        {
            Parameters =
            {
                new() { Value = first.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = first.Sequence },
                new() { Value = last.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = last.Sequence },
                new() { Value = events.Length },
                new() { Value = (object?)generation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
            },
        };
        if (workspace is not null) command.Parameters.Add(new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar });
        return command;
    }
}
