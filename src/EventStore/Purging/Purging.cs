using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Purging;

/// <summary>A table that holds rows of workspaces.</summary>
/// <param name="Reachable">Whether a purge may delete there now; the shadow of a rebuild that is not complete it may not.</param>
public sealed record PurgedTable(string Name, bool Reachable);

/// <summary>
/// What a purge does to the database, for whoever holds its lease: everything goes through the lease's session, so a node that lost it can do nothing more. Each verb may be done twice.
/// What is deleted is counted in the same transaction.
/// </summary>
public sealed class Purging(Store store, LeaseSession session, string workspace)
{
    private const int RowsMax = 1_000;

    /// <summary>Notes that it has begun; nothing when it has.</summary>
    /// <exception cref="PostgresException">The workspace's history does not say that it is being purged.</exception>
    public Task Begin(string streams, string firstStep, CancellationToken stop) => Run("select eventmesh.begin_purge($1, $2, $3)", stop, streams, firstStep);

    public Task Next(string from, string to, CancellationToken stop) => Run("select eventmesh.next_purge_step($1, $2, $3)", stop, from, to);

    /// <summary>From now on nothing of the workspace is appended, by whatever node.</summary>
    public Task Shut(CancellationToken stop) => Run("select eventmesh.shut_purge($1)", stop);

    /// <summary>Whether every transaction has ended that may not have seen that it is shut.</summary>
    public Task<bool> IsQuiet(CancellationToken stop) => Ask<bool>("select coalesce((select p.shut_xid < pg_snapshot_xmin(pg_current_snapshot()) from eventmesh.purges p where p.workspace = $1), false)", stop);

    /// <summary>Whether every reader of the feed that is alive has come past the last event of the workspace.</summary>
    public Task<bool> AreReadersPast(CancellationToken stop) => Ask<bool>("""
        select not exists (select from public.mt_event_progression r
          where r.last_updated > now() - interval '1 minute' and r.last_xid > '0'
            and (r.last_xid, r.last_seq_id) < (select e.xid, e.seq_id from public.mt_events e where e.tenant_id = $1 order by e.xid desc, e.seq_id desc limit 1))
        """, stop);

    /// <summary>Notes how many there are of something that is in no table, before it is destroyed.</summary>
    public Task Count(string name, long count, CancellationToken stop) => Run("select eventmesh.count_purged($1, $2, $3)", stop, name, count);

    /// <summary>Every table that holds rows of workspaces, as the catalogue has it now.</summary>
    public Task<List<PurgedTable>> Tables(CancellationToken stop) => session.Ask("select name, reachable from eventmesh.purge_tables()", [], async command =>
    {
        var found = new List<PurgedTable>();
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetString(0), reader.GetBoolean(1)));
        return found;
    }, stop);

    /// <summary>Deletes what the workspace has in a table, in small transactions.</summary>
    /// <returns>How many rows.</returns>
    public async Task<long> Delete(string table, CancellationToken stop)
    {
        for (var all = 0L; ;)
        {
            var gone = await Ask<long>("select eventmesh.purge_rows($1, $2, $3)", stop, table, RowsMax).ConfigureAwait(false);
            if (gone == 0) return all;
            all += gone;
        }
    }

    /// <summary>Keeps the leaves of events and deletes the events.</summary>
    /// <param name="sequences">Their sequence numbers.</param>
    public Task<long> KeepSkeletons(long[] sequences, byte[][] leaves, CancellationToken stop) => Ask<long>("select eventmesh.keep_skeletons($1, $2, $3)", stop, sequences, leaves);

    /// <summary>Notes which data keys the workspace had and the last checkpoint of its log; what was noted first stands.</summary>
    public Task NoteKeys(string? checkpoint, CancellationToken stop) => Run("""
        select eventmesh.note_purged_keys($1, (select coalesce(jsonb_agg(jsonb_build_object('number', k.number, 'master_key', k.master_key, 'erasure', k.erasure) order by k.number), '[]')
          from eventmesh.data_keys k where k.tenant_id = $1), nullif($2, ''))
        """, stop, checkpoint ?? "");

    /// <summary>The workspace's erasure keys as this node has them; null when it has no folder of those.</summary>
    public ErasureKeys? ErasureKeys => store.Seals.Keys?.Erasure;

    public Task Finish(string receipt, CancellationToken stop) => Run("select eventmesh.finish_purge($1, $2)", stop, receipt);

    private Task Run(string sql, CancellationToken stop, params object[] values) => session.Ask(sql, Parameters(values), command => command.ExecuteScalarAsync(stop), stop);

    private Task<T> Ask<T>(string sql, CancellationToken stop, params object[] values) =>
        session.Ask(sql, Parameters(values), async command => (T)(await command.ExecuteScalarAsync(stop).ConfigureAwait(false))!, stop);

    private NpgsqlParameter[] Parameters(object[] values) =>
        [new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, .. values.Select(v => v is string text ? new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Varchar } : new() { Value = v })];
}
