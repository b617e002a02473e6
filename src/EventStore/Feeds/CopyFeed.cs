using System.Globalization;
using Npgsql;

namespace EventMesh.EventStore.Feeds;

/// <summary>How far a copy of the feed came.</summary>
/// <param name="Events">How many there were.</param>
/// <param name="UpTo">Everything up to here has been read.</param>
/// <param name="Full">Whether there was more than fitted.</param>
/// <param name="Pending">Whether transactions were under way whose events will follow.</param>
public readonly record struct CopiedPage(int Events, Position UpTo, bool Full, bool Pending);

/// <summary>The feed of all workspaces for one who needs the bytes of every event and no object: its rows are handed on as the database sends them, while it reads on.</summary>
public static class CopyFeedVerb
{
    // Every transaction before the horizon had ended when it was asked for. So the copy, which comes after, sees all that those wrote.
    private const string HorizonSql = "select pg_snapshot_xmin(s), pg_snapshot_xmax(s) from (select pg_current_snapshot() as s) now";

    /// <summary>Events of every workspace after a position, in their final order.</summary>
    /// <param name="columns">What is read of each beside its position: columns of <c>public.mt_events</c>, numbered from 0.</param>
    /// <param name="gatherBytes">How much is waited for before events are handed on, so much at a time. With little the database reads on while they are taken; with much the two of them
    /// need one processor after the other, which leaves one to those who append.</param>
    /// <param name="take">Given one event after the other.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    /// <exception cref="InvalidOperationException">The rows did not come in their order, or not as COPY sends them.</exception>
    public static async Task<CopiedPage> CopyFeed(this Store store, IReadOnlyList<string> columns, Position after, int limit, int gatherBytes, Action<Position, CopiedRow> take, CancellationToken stop = default)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        return await Database.Ask(async () =>
        {
            var (oldest, next) = await Horizon(connection, stop).ConfigureAwait(false);
            var (horizon, pending) = (new Position(oldest - 1, Position.SequenceMax), oldest != next);
            if (horizon <= after) return new CopiedPage(0, after, Full: false, pending);
            var (events, last) = await Copy(connection, Sql(columns, after, oldest, limit), columns.Count, after, gatherBytes, take, stop).ConfigureAwait(false);
            return events == limit ? new CopiedPage(events, last, Full: true, pending) : new(events, horizon, Full: false, pending);
        }).ConfigureAwait(false);
    }

    private static async Task<(ulong Oldest, ulong Next)> Horizon(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(HorizonSql, connection);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        await reader.ReadAsync(stop).ConfigureAwait(false);
        return (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
    }

    // COPY takes no parameters; these are numbers.
    private static string Sql(IReadOnlyList<string> columns, Position after, ulong oldest, int limit) => string.Create(CultureInfo.InvariantCulture, $"""
        copy (
          select {string.Join(", ", columns)}, xid, seq_id from public.mt_events
          where (xid, seq_id) > ('{after.Transaction}'::xid8, {after.Sequence}) and xid < '{oldest}'::xid8
          order by xid, seq_id limit {limit}
        ) to stdout (format binary)
        """);

    private static async Task<(int Events, Position Last)> Copy(NpgsqlConnection connection, string sql, int columns, Position after, int gatherBytes, Action<Position, CopiedRow> take, CancellationToken stop)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(sql, stop).ConfigureAwait(false);
        using var row = new CopiedRow(columns + 2, gatherBytes);
        var (events, last) = (0, after);
        for (; await row.Read(copy, stop).ConfigureAwait(false); events++)
        {
            last = ReadFeedVerb.Next(last, new((ulong)row.Long(columns), row.Long(columns + 1)));
            take(last, row);
        }
        return (events, last);
    }
}
