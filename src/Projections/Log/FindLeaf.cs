using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Log;

/// <summary>Which leaf of its workspace's log an event is.</summary>
public abstract record FoundLeaf
{
    private FoundLeaf() { }

    public sealed record At(long Index) : FoundLeaf;

    /// <summary>It is stored, and the log has not come so far.</summary>
    public sealed record NotYet : FoundLeaf;

    public sealed record NoSuchStream : FoundLeaf;

    public sealed record NoSuchVersion : FoundLeaf;
}

public static class FindLeaf
{
    // The part of a tile that begins last before the event, and the events from there to it: at most as many as a tile has.
    private const string Sql = """
        select exists (select from public.mt_events e where e.tenant_id = $3 and e.stream_id = $1),
          e.version is not null, (e.xid, e.seq_id) <= (s.last_xid, s.last_seq), t.first,
          (select count(*) from public.mt_events b where b.tenant_id = $3 and (b.xid, b.seq_id) >= (t.first_xid, t.first_seq) and (b.xid, b.seq_id) < (e.xid, e.seq_id))
        from (select 1) one
        left join public.mt_events e on e.tenant_id = $3 and e.stream_id = $1 and e.version = $2
        left join eventmesh.log_state s on s.tenant_id = $3
        left join lateral (
          select t.first, t.first_xid, t.first_seq from eventmesh.log_tiles t
          where t.tenant_id = $3 and t.level = 0 and (t.first_xid, t.first_seq) <= (e.xid, e.seq_id) order by t.first_xid desc, t.first_seq desc limit 1) t on true
        """;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<FoundLeaf> Of(WorkspaceStore store, string stream, long version, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new() { Value = stream, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = version }, new() { Value = store.Workspace, NpgsqlDbType = NpgsqlDbType.Varchar } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        await reader.ReadAsync(stop).ConfigureAwait(false);
        if (!reader.GetBoolean(0)) return new FoundLeaf.NoSuchStream();
        if (!reader.GetBoolean(1)) return new FoundLeaf.NoSuchVersion();
        return !reader.IsDBNull(2) && reader.GetBoolean(2) && !reader.IsDBNull(3) ? new FoundLeaf.At(reader.GetInt64(3) + reader.GetInt64(4)) : new FoundLeaf.NotYet();
    }
}
