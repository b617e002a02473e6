using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

/// <summary>A piece of the feed of all workspaces.</summary>
/// <param name="UpTo">Everything up to here has been read, whatever was filtered out.</param>
/// <param name="Full">Whether there was more than fitted.</param>
/// <param name="Pending">Whether transactions were under way whose events will follow.</param>
public sealed record FeedPage(IReadOnlyList<StoredEvent> Events, Position UpTo, bool Full, bool Pending)
{
    /// <summary>The oldest transaction under way when it was read: every one before it has ended.</summary>
    public ulong Oldest { get; init; }

    /// <summary>The transaction that comes next: what was committed when it was read is of one before it.</summary>
    public ulong Next { get; init; }
}

public static class ReadFeedVerb
{
    // The horizon and the rows come from one snapshot: a row below the oldest running transaction can no longer be joined by an earlier one. The rows are those of one
    // nested loop around the one horizon, so they come as the index gave them; to say once more how they are ordered would have all of them sorted.
    private static string Sql(string? condition, string columns = Columns) => $"""
        with horizon as materialized (
          select pg_snapshot_xmin(s) as xmin, pg_snapshot_xmax(s) as xmax from (select pg_current_snapshot() as s) now
        )
        select h.xmin, h.xmax, {columns} from horizon h left join lateral (
          select * from public.mt_events m
          where (m.xid, m.seq_id) > ($1, $2) and m.xid < h.xmin{(condition is null ? "" : $" and ({condition})")}
          order by m.xid, m.seq_id limit $3
        ) e on true
        """;

    private const string Columns = Reading.Rows.Columns;
    private static readonly string All = Sql(null);
    private static readonly string Positions = Sql(null, $"e.xid, e.seq_id, e.tenant_id, e.stream_id, e.version, e.type, '{{}}'::jsonb, e.timestamp, {string.Join(", ", Enumerable.Repeat("null::varchar", 6))}");
    private static readonly ConditionalWeakTable<IReadOnlyCollection<string>, string> Of = [];

    internal static string Literals(IReadOnlyCollection<string> types) => $"m.type in ({string.Join(", ", types.Select(t =>
        t.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_') ? $"'{t}'" : throw new ArgumentException($"'{t}' is not the name of an event.", nameof(types))))})";

    /// <summary>Events of every workspace after a position, in their final order.</summary>
    /// <param name="types">Stored names to read; null for all. They stand in the statement as they are, so that a partial index over them is used.</param>
    public static Task<FeedPage> ReadFeed(this Store store, Position after, int limit, IReadOnlyCollection<string>? types = null, CancellationToken stop = default) =>
        Read(store, types is null ? All : Of.GetValue(types, t => Sql(Literals(t))), after, limit, stop);

    /// <summary>Events of every workspace without what they say: their data is <c>{}</c>, and nothing stands beside it but time and stream.</summary>
    public static Task<FeedPage> ReadPositions(this Store store, Position after, int limit, CancellationToken stop = default) => Read(store, Positions, after, limit, stop);

    /// <summary>Those that a partial index holds.</summary>
    public static Task<FeedPage> ReadFeed(this Store store, Position after, int limit, FeedCondition condition, CancellationToken stop = default) =>
        Read(store, condition.Statement, after, limit, stop);

    private static async Task<FeedPage> Read(Store store, string sql, Position after, int limit, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = limit });
        return await Database.Ask(() => Page(command, after, limit, stop)).ConfigureAwait(false);
    }

    internal static string StatementOf(string condition) => Sql(condition);

    /// <exception cref="InvalidOperationException">The rows did not come in their order: what a feed passes over is lost to those who follow it.</exception>
    internal static Position Next(Position last, Position read) =>
        read > last ? read : throw new InvalidOperationException($"The feed gave {read} after {last}.");

    private static async Task<FeedPage> Page(NpgsqlCommand command, Position after, int limit, CancellationToken stop)
    {
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var events = new List<StoredEvent>();
        var (xmin, xmax, last) = (0UL, 0UL, after);
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            if (events.Count == 0) (xmin, xmax) = (reader.GetFieldValue<ulong>(0), reader.GetFieldValue<ulong>(1));
            if (reader.IsDBNull(2)) continue;
            var read = Reading.Rows.Read(reader, 2);
            last = Next(last, read.Position);
            events.Add(read);
        }
        var full = events.Count == limit;
        var horizon = new Position(xmin - 1, Position.SequenceMax);
        return new(events, full ? events[^1].Position : horizon > after ? horizon : after, full, xmin != xmax) { Oldest = xmin, Next = xmax };
    }
}

/// <summary>Which events a follower reads, when their names alone do not say it.</summary>
/// <param name="sql">Of columns of <c>public.mt_events m</c>: that of a partial index on (xid, seq_id), word for word, so that nothing else is read.</param>
public sealed class FeedCondition(string sql)
{
    internal string Statement { get; } = ReadFeedVerb.StatementOf(sql);
}
