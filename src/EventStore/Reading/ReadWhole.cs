using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>An event with everything that its row holds: what a proof of the history covers.</summary>
/// <param name="DotnetType">The .NET name that Marten knows it by; null for those that have none.</param>
/// <param name="Headers">JSON, UTF-8, as it is stored; null when there are none.</param>
/// <param name="Archived">Whether its stream was archived; we archive none.</param>
/// <param name="Binary">Bytes stored beside the data; we store none.</param>
public sealed record WholeEvent(StoredEvent Event, Guid Id, string? DotnetType, ReadOnlyMemory<byte>? Headers, bool Archived, ReadOnlyMemory<byte>? Binary);

public static class ReadWholeVerb
{
    internal const string Columns = $"e.id, e.mt_dotnet_type, e.headers, e.is_archived, e.bdata, {Rows.Columns}";
    private const int OwnCount = 5;

    private const string WorkspaceSql = $"""
        select {Columns} from public.mt_events e
        where (e.xid, e.seq_id) > ($1, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.seq_id limit $3
        """;

    private const string StreamSql = $"select {Columns} from public.mt_events e where e.stream_id = $1 and e.version > $2 order by e.version limit $3";

    /// <summary>A workspace's events in their final order, after a position: no gap, and nothing that could still be joined by an earlier one.</summary>
    public static Task<List<WholeEvent>> ReadWhole(this WorkspaceStore store, Position after, int limit, CancellationToken stop = default) =>
        Read(store, new(WorkspaceSql) { Parameters = { new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = after.Sequence }, new() { Value = limit } } }, stop);

    /// <summary>The events of a stream after a version.</summary>
    public static Task<List<WholeEvent>> ReadWholeStream(this WorkspaceStore store, string stream, long afterVersion, int limit, CancellationToken stop = default) =>
        Acceptable.IsText(stream)
            ? Read(store, new(StreamSql) { Parameters = { new() { Value = stream }, new() { Value = afterVersion }, new() { Value = limit } } }, stop)
            : Task.FromResult(new List<WholeEvent>());

    private static async Task<List<WholeEvent>> Read(WorkspaceStore store, NpgsqlBatchCommand statement, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        return await session.Read(async reader =>
        {
            var events = new List<WholeEvent>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) events.Add(Row(reader, 0));
            return events;
        }, stop).ConfigureAwait(false);
    }

    internal static WholeEvent Row(NpgsqlDataReader reader, int first) => new(
        Rows.Read(reader, first + OwnCount),
        reader.GetGuid(first),
        reader.IsDBNull(first + 1) ? null : reader.GetString(first + 1),
        Bytes(reader, first + 2),
        reader.GetBoolean(first + 3),
        Bytes(reader, first + 4));

    // Of a null array an empty memory would be made, not none.
    private static ReadOnlyMemory<byte>? Bytes(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(ordinal);
}
