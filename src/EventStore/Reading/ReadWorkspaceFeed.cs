using Npgsql;

namespace EventMesh.EventStore.Reading;

public static class ReadWorkspaceFeedVerb
{
    private const string Sql = $"""
        select {Rows.Columns} from public.mt_events e
        where (e.xid, e.seq_id) > ($1, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and ($4::varchar is null or e.type = $4)
        order by e.xid, e.seq_id limit $3
        """;

    private const string BackwardsSql = $"""
        select {Rows.Columns} from public.mt_events e
        where (e.xid, e.seq_id) < ($1, $2) and e.type = $4
        order by e.xid desc, e.seq_id desc limit $3
        """;

    /// <summary>A workspace's events in their final order, after a position: no gap, and nothing that could still be joined by an earlier one.</summary>
    public static Task<List<StoredEvent>> ReadFeed(this WorkspaceStore store, Position after, int limit, CancellationToken stop = default) =>
        Read(store, Sql, after, limit, null, stop);

    /// <summary>A workspace's events of one type, newest first, before a position (null: from the newest).</summary>
    public static Task<List<StoredEvent>> ReadNewest(this WorkspaceStore store, string type, Position? before, int limit, CancellationToken stop = default) =>
        Read(store, BackwardsSql, before ?? new Position(long.MaxValue, Position.SequenceMax), limit, type, stop);

    private static async Task<List<StoredEvent>> Read(WorkspaceStore store, string sql, Position from, int limit, string? type, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new() { Value = from.Transaction, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 },
                new() { Value = from.Sequence },
                new() { Value = limit },
                new() { Value = (object?)type ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar },
            },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await ReadStreamVerb.All(reader, stop).ConfigureAwait(false);
    }
}
