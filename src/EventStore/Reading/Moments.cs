using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>Between times of the clock and positions of a workspace's history.</summary>
public static class MomentsVerb
{
    /// <summary>The last of a workspace's events of some types that was decided at a time or before; null when there is none.</summary>
    /// <param name="types">Stored names, at most 100 of them. They stand in the statement as they are, so that a partial index over them is used.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<Position?> FindLast(this WorkspaceStore store, DateTimeOffset at, IReadOnlyCollection<string> types, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(
            $"select m.xid, m.seq_id from public.mt_events m where m.timestamp <= $1 and {ReadFeedVerb.Literals(types)} order by m.xid desc, m.seq_id desc limit 1")
        {
            Parameters = { new() { Value = at.UtcDateTime } },
        });
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? new Position(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : (Position?)null, stop).ConfigureAwait(false);
    }

    /// <summary>When the last of a workspace's events up to a position was decided; null when there is none.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<DateTimeOffset?> ReadTime(this WorkspaceStore store, Position upTo, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select e.timestamp from public.mt_events e where (e.xid, e.seq_id) <= ($1, $2) order by e.xid desc, e.seq_id desc limit 1")
        {
            Parameters = { new() { Value = upTo.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = upTo.Sequence } },
        });
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero) : (DateTimeOffset?)null, stop).ConfigureAwait(false);
    }

    /// <summary>Up to which transaction the history is final, and which transaction has not begun: of every one before <c>Final</c> all events are there.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<(ulong Final, ulong NotBegun)> ReadHorizon(this Store store, CancellationToken stop = default) => Database.Ask(async () =>
    {
        await using var command = store.Feed.CreateCommand("select pg_snapshot_xmin(s), pg_snapshot_xmax(s) from (select pg_current_snapshot() as s) now");
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        await reader.ReadAsync(stop).ConfigureAwait(false);
        return (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
    });
}
