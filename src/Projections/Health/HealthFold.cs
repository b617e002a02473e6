using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Health;

/// <summary>
/// Brings <c>eventmesh.connection_health</c> up to date. Outcomes are as many as deliveries and connections are few, so the database folds them: one statement makes
/// one change a connection out of thousands of outcomes, none of which leaves the server. A connection that goes well is written once a minute.
/// </summary>
public static class HealthFold
{
    public const string FeedName = "connection-health";

    /// <summary>Outcomes of one transaction; it must end soon, for every feed waits for the oldest running one.</summary>
    public const int PageEvents = 5_000;

    private const string Types = "'delivery_succeeded', 'delivery_attempt_failed', 'connection_enabled', 'connection_disabled', 'connection_deleted'";

    // Where the page ends: at its last event, or at the horizon when there are fewer.
    private const string BoundSql = $"""
        with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
        select h.xmin, e.xid, e.seq_id, exists (select from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and m.xid < h.xmin and m.type in ({Types}))
        from horizon h left join lateral (
          select m.xid, m.seq_id from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and m.xid < h.xmin and m.type in ({Types})
          order by m.xid, m.seq_id offset $3 limit 1) e on true
        """;

    // reset: the number of a connection's last event that ends a run of failures.
    private const string MergeSql = $"""
        merge into eventmesh.connection_health h using (
          select tenant_id, connection_id, bool_or(reset is not null) as reset,
            max(timestamp) filter (where type = 'delivery_succeeded') as succeeded_at, max(timestamp) filter (where type = 'delivery_attempt_failed') as failed_at,
            min(timestamp) filter (where type = 'delivery_attempt_failed' and n > coalesce(reset, 0)) as failing_since
          from (
            select *, max(n) filter (where type <> 'delivery_attempt_failed') over (partition by tenant_id, connection_id) as reset
            from (
              select row_number() over (order by m.xid, m.seq_id) as n, m.tenant_id, m.type, m.timestamp,
                case when m.type like 'connection%' then m.stream_id else m.data #>> '{"{of,connection}"}' end as connection_id
              from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and (m.xid, m.seq_id) <= ($3, $4) and m.type in ({Types})
                -- Nothing was sent: that is the rule's failure, or waits for somebody.
                and coalesce(m.data #>> '{"{attempt,outcome}"}', '') not in ('mapping_failed', 'payload_broken', 'credential_revoked', 'credential_unauthorized')
            ) page where connection_id is not null
          ) marked group by tenant_id, connection_id
        ) f on h.tenant_id = f.tenant_id and h.connection_id = f.connection_id
        when matched and (f.failed_at is not null or (f.reset and h.failing_since is not null) or f.succeeded_at > coalesce(h.last_success_at, '-infinity') + interval '1 minute') then update set
          failing_since = case when f.reset then f.failing_since else coalesce(h.failing_since, f.failing_since) end,
          last_success_at = greatest(h.last_success_at, f.succeeded_at), last_failure_at = greatest(h.last_failure_at, f.failed_at)
        when not matched then insert (tenant_id, connection_id, failing_since, last_success_at, last_failure_at)
          values (f.tenant_id, f.connection_id, f.failing_since, f.succeeded_at, f.failed_at)
        """;

    private const string OverdueSql = """
        select h.tenant_id, h.connection_id, h.failing_since from eventmesh.connection_health h
        where h.failing_since <= now() - $1 and h.last_failure_at >= h.failing_since + $1 order by h.failing_since limit 100
        """;

    /// <summary>Takes in the next page after <paramref name="after"/>, in one transaction with the checkpoint.</summary>
    /// <returns>Up to where everything is in, whether there was anything, and whether there is more.</returns>
    public static async Task<(Position UpTo, bool Any, bool More)> TakeIn(FeedLease lease, Position after, CancellationToken stop)
    {
        var (upTo, any, more) = await Bound(lease.Connection, after, stop).ConfigureAwait(false);
        if (!any) return (upTo, false, false);
        await using var transaction = await lease.Connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        await using var merge = new NpgsqlCommand(MergeSql, lease.Connection);
        At(merge, after);
        At(merge, upTo);
        await merge.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        await lease.Save(upTo, stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
        return (upTo, true, more);
    }

    /// <summary>Connections with nothing but failures for at least so long, the last of them after that time: silence is no failure.</summary>
    public static async Task<IReadOnlyList<(string Workspace, string Connection, DateTimeOffset FailingSince)>> Overdue(FeedLease lease, TimeSpan after, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(OverdueSql, lease.Connection) { Parameters = { new() { Value = after } } };
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var overdue = new List<(string, string, DateTimeOffset)>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) overdue.Add((reader.GetString(0), reader.GetString(1), new(reader.GetDateTime(2), TimeSpan.Zero)));
        return overdue;
    }

    private static async Task<(Position UpTo, bool Any, bool More)> Bound(NpgsqlConnection connection, Position after, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(BoundSql, connection);
        At(command, after);
        command.Parameters.Add(new() { Value = PageEvents - 1 });
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        await reader.ReadAsync(stop).ConfigureAwait(false);
        var horizon = new Position(reader.GetFieldValue<ulong>(0) - 1, Position.SequenceMax);
        return reader.IsDBNull(1)
            ? (horizon > after ? horizon : after, reader.GetBoolean(3), false)
            : (new(reader.GetFieldValue<ulong>(1), reader.GetInt64(2)), true, true);
    }

    private static void At(NpgsqlCommand command, Position position)
    {
        command.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = position.Sequence });
    }
}
