using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class FindPositionsVerb
{
    /// <summary>How much earlier an event may say it happened than one that stands before it: requests take a while, and nodes' clocks differ.</summary>
    public static readonly TimeSpan Disorder = TimeSpan.FromMinutes(1);

    private const string Readable = "e.xid < pg_snapshot_xmin(pg_current_snapshot())";
    private const string Columns = "e.xid, e.seq_id, e.timestamp";
    private const string AtSql = "select e.id from public.mt_events e where e.xid = $1 and e.seq_id = $2 and " + Readable;
    private const string FromSql = $"select {Columns} from public.mt_events e where (e.xid, e.seq_id) >= ($1, $2) and {Readable} order by e.xid, e.seq_id limit 1";
    private const string NotBeforeSql = $"select {Columns} from public.mt_events e where (e.xid, e.seq_id) >= ($1, $2) and e.timestamp >= $3 and {Readable} order by e.xid, e.seq_id limit 1";
    private const string BeforeSql = $"select {Columns} from public.mt_events e where (e.xid, e.seq_id) < ($1, $2) and {Readable} order by e.xid desc, e.seq_id desc limit 1";

    private readonly record struct Found(Position Position, DateTimeOffset At);

    /// <summary>The id of the event that stands at a position of a workspace's feed; null when none does, or none that a feed may read yet.</summary>
    public static Task<Guid?> FindAt(this WorkspaceStore store, Position position, CancellationToken stop = default) =>
        Ask(store, AtSql, position, null, reader => (Guid?)reader.GetGuid(0), stop);

    /// <summary>Where the last event stands that a feed may read; the start when there is none.</summary>
    public static Task<Position> FindEnd(this WorkspaceStore store, CancellationToken stop = default) => store.FindBefore(new(long.MaxValue, Position.SequenceMax), stop);

    /// <summary>Where the event before a position stands; the start when there is none.</summary>
    public static async Task<Position> FindBefore(this WorkspaceStore store, Position position, CancellationToken stop = default) =>
        (await Ask(store, BeforeSql, position, null, Read, stop).ConfigureAwait(false))?.Position ?? Position.Start;

    /// <summary>
    /// Where the first event stands that did not happen before <paramref name="time"/>; null when all did. Found by halving the range of positions, each look
    /// at one entry of the index: times follow the order of the feed but for <see cref="Disorder"/>, and only that stretch is read event by event.
    /// </summary>
    public static async Task<Position?> FindSince(this WorkspaceStore store, DateTimeOffset time, CancellationToken stop = default)
    {
        if (await From(store, Position.Start, stop).ConfigureAwait(false) is not { } first) return null;
        var end = await store.FindEnd(stop).ConfigureAwait(false);
        var early = time - Disorder;
        // Everything up to low happened before the stretch; what stands at high did not, or is behind the end.
        var (low, high) = (first.Position.Transaction - 1, end.Transaction + 1);
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            var found = await From(store, new(middle, 0), stop).ConfigureAwait(false);
            if (found is not { } there || there.At >= early) high = middle;
            else low = Math.Max(middle, there.Position.Transaction);
        }
        var parameter = new NpgsqlParameter { Value = time.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
        return (await Ask(store, NotBeforeSql, new(low, 0), parameter, Read, stop).ConfigureAwait(false))?.Position;
    }

    private static Task<Found?> From(WorkspaceStore store, Position position, CancellationToken stop) => Ask(store, FromSql, position, null, Read, stop);

    private static Found? Read(NpgsqlDataReader reader) => new Found(new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)), new(reader.GetDateTime(2), TimeSpan.Zero));

    private static async Task<T?> Ask<T>(WorkspaceStore store, string sql, Position position, NpgsqlParameter? further, Func<NpgsqlDataReader, T?> read, CancellationToken stop)
    {
        var statement = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = position.Sequence } } };
        if (further is not null) statement.Parameters.Add(further);
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? read(reader) : default, stop).ConfigureAwait(false);
    }
}
