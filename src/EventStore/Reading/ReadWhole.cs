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

/// <summary>A piece of the feed of all workspaces, of whole events.</summary>
/// <param name="UpTo">Everything up to here has been read.</param>
/// <param name="Full">Whether there was more than fitted.</param>
/// <param name="Pending">Whether transactions were under way whose events will follow.</param>
public sealed record WholePage(IReadOnlyList<WholeEvent> Events, Position UpTo, bool Full, bool Pending);

public static class ReadWholeVerb
{
    private const string Own = "e.id, e.mt_dotnet_type, e.headers, e.is_archived, e.bdata";
    private const int OwnCount = 5;
    internal const string Columns = $"{Own}, {Rows.Columns}";

    private const string WorkspaceSql = $"""
        select {Columns} from public.mt_events e
        where (e.xid, e.seq_id) > ($1, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.seq_id limit $3
        """;

    private const string StreamSql = $"select {Columns} from public.mt_events e where e.stream_id = $1 and e.version > $2 order by e.version limit $3";

    private static readonly string AllSql = ReadFeedVerb.StatementOf(null, $"{Own}, {Rows.Own}");

    /// <summary>A workspace's events in their final order, after a position: no gap, and nothing that could still be joined by an earlier one.</summary>
    public static Task<List<WholeEvent>> ReadWhole(this WorkspaceStore store, Position after, int limit, CancellationToken stop = default) =>
        Read(store, new(WorkspaceSql) { Parameters = { new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = after.Sequence }, new() { Value = limit } } }, stop);

    /// <summary>The events of a stream after a version.</summary>
    public static Task<List<WholeEvent>> ReadWholeStream(this WorkspaceStore store, string stream, long afterVersion, int limit, CancellationToken stop = default) =>
        Acceptable.IsText(stream)
            ? Read(store, new(StreamSql) { Parameters = { new() { Value = stream }, new() { Value = afterVersion }, new() { Value = limit } } }, stop)
            : Task.FromResult(new List<WholeEvent>());

    /// <summary>Events of every workspace after a position, in their final order; what the headers say is in the headers alone.</summary>
    public static async Task<WholePage> ReadWhole(this Store store, Position after, int limit, CancellationToken stop = default)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(AllSql, connection);
        command.Parameters.Add(new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = limit });
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var events = new List<WholeEvent>();
            var (xmin, xmax, last) = (0UL, 0UL, after);
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
            {
                if (events.Count == 0) (xmin, xmax) = (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
                if (reader.IsDBNull(2)) continue;
                var read = Row(reader, 2, ownOnly: true);
                last = ReadFeedVerb.Next(last, read.Event.Position);
                events.Add(read);
            }
            var full = events.Count == limit;
            var horizon = new Position(xmin - 1, Position.SequenceMax);
            return new WholePage(events, full ? events[^1].Event.Position : horizon > after ? horizon : after, full, xmin != xmax);
        }).ConfigureAwait(false);
    }

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

    internal static WholeEvent Row(NpgsqlDataReader reader, int first, bool ownOnly = false) => new(
        Rows.Read(reader, first + OwnCount, ownOnly),
        reader.GetGuid(first),
        reader.IsDBNull(first + 1) ? null : reader.GetString(first + 1),
        Bytes(reader, first + 2),
        reader.GetBoolean(first + 3),
        Bytes(reader, first + 4));

    // Of a null array an empty memory would be made, not none.
    private static ReadOnlyMemory<byte>? Bytes(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(ordinal);
}
