using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class ReadWorkspaceFeedVerb
{
    private const string Sql = $"""
        select {Rows.Columns} from public.mt_events e
        where (e.xid, e.seq_id) > ($1, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.seq_id limit $3
        """;

    private const string BackwardsSql = $"""
        select {Rows.Columns} from public.mt_events e
        where (e.xid, e.seq_id) < ($1, $2) and e.type = $4
        order by e.xid desc, e.seq_id desc limit $3
        """;

    /// <summary>A workspace's events in their final order, after a position: no gap, and nothing that could still be joined by an earlier one.</summary>
    public static Task<List<StoredEvent>> ReadFeed(this WorkspaceStore store, Position after, int limit, CancellationToken stop = default) =>
        Read(store, Statement(Sql, after, limit), stop);

    /// <summary>
    /// A workspace's events of one type, newest first, before a position (null: from the newest). It passes over the events of other types: for types that are frequent.
    /// </summary>
    public static Task<List<StoredEvent>> ReadNewest(this WorkspaceStore store, string type, Position? before, int limit, CancellationToken stop = default)
    {
        var statement = Statement(BackwardsSql, before ?? new Position(long.MaxValue, Position.SequenceMax), limit);
        statement.Parameters.Add(new() { Value = type, NpgsqlDbType = NpgsqlDbType.Varchar });
        return Read(store, statement, stop);
    }

    /// <summary>Where a workspace's last event stands; the start when it has none.</summary>
    public static async Task<Position> ReadLastPosition(this WorkspaceStore store, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select e.xid, e.seq_id from public.mt_events e order by e.xid desc, e.seq_id desc limit 1"));
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? new Position(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : Position.Start, stop).ConfigureAwait(false);
    }

    private static NpgsqlBatchCommand Statement(string sql, Position from, int limit) => new(sql)
    {
        Parameters = { new() { Value = from.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = from.Sequence }, new() { Value = limit } },
    };

    private static async Task<List<StoredEvent>> Read(WorkspaceStore store, NpgsqlBatchCommand statement, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        return await session.Read(reader => ReadStreamVerb.All(reader, stop), stop).ConfigureAwait(false);
    }
}
