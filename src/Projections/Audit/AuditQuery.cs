using EventMesh.Domain;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Audit;

/// <param name="Outcome">One of <see cref="AuditOutcome.All"/>.</param>
public readonly record struct AuditRow(DateTimeOffset At, long Sequence, string Outcome);

/// <param name="Next">Where the list goes on; null at its end. A page may be shorter than asked for, even empty, and still go on.</param>
public sealed record AuditRows(IReadOnlyList<AuditRow> Items, AuditCursor? Next);

/// <summary>
/// Finds a workspace's entries, newest first. The list follows the index of whichever condition fewest keep, counted as far as <see cref="CountedMax"/>, and looks at no
/// more than <see cref="LookedAtMax"/> rows of it for what else is asked: however long the history, a page costs no more than that.
/// </summary>
public static class AuditQuery
{
    /// <summary>Rows that one page looks at.</summary>
    public const int LookedAtMax = 50_000;

    /// <summary>How far rows are counted to choose an index.</summary>
    public const int CountedMax = 1_000;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<AuditRows> List(WorkspaceStore store, AuditFilter filter, AuditCursor? cursor, int limit, CancellationToken stop = default)
    {
        if (filter.Types is { Count: 0 }) return new([], null);
        var conditions = AuditIndex.Of(filter);
        var followed = await Fewest(store, filter, cursor, [.. conditions.Where(c => c.Followed is not null)], stop).ConfigureAwait(false);
        string[] others = [.. conditions.Where(c => c != followed).Select(c => c.Holds)];
        var looked = others.Length == 0 ? (limit + 1) * (filter.Types?.Count ?? 1) : LookedAtMax;
        var sql = Statement(followed, others, looked, limit);
        var found = await Read(store, Bound(sql, filter, cursor), reader => new AuditRow(At(reader), reader.GetInt64(1), reader.IsDBNull(2) ? AuditOutcome.Succeeded : reader.GetString(2)), stop).ConfigureAwait(false);
        if (found.Count > limit) return new(found[..limit], CursorOf(found[limit - 1]));
        if (others.Length == 0) return new(found, null);
        return new(found, await Reached(store, filter, cursor, followed, looked, stop).ConfigureAwait(false));
    }

    // One more than asked for tells whether the list goes on.
    internal static string Statement(AuditIndex followed, string[] others, int looked, int limit) =>
        $"select a.at, a.seq, a.outcome from ({followed.Followed!(looked)}) a where {(others.Length == 0 ? "true" : string.Join(" and ", others))} {AuditIndex.NewestFirst} limit {limit + 1}";

    /// <summary>Where the last row that was looked at stands; null when that was the last there is.</summary>
    private static async Task<AuditCursor?> Reached(WorkspaceStore store, AuditFilter filter, AuditCursor? cursor, AuditIndex followed, int looked, CancellationToken stop)
    {
        var sql = $"select min(x.n), (array_agg(x.at order by x.at, x.seq))[1], (array_agg(x.seq order by x.at, x.seq))[1] from (select a.at, a.seq, count(*) over () as n from ({followed.Followed!(looked)}) a {AuditIndex.NewestFirst}) x";
        var rows = await Read(store, Bound(sql, filter, cursor), reader => reader.IsDBNull(0) ? default : (Count: reader.GetInt64(0), At: new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero), Sequence: reader.GetInt64(2)), stop).ConfigureAwait(false);
        // Of several types each is looked at as far as its share.
        return rows is [{ Count: > 0 } last] && last.Count >= Math.Max(1, looked / Math.Max(1, filter.Types?.Count ?? 1)) ? new(last.At, last.Sequence) : null;
    }

    private static async Task<AuditIndex> Fewest(WorkspaceStore store, AuditFilter filter, AuditCursor? cursor, AuditIndex[] indexes, CancellationToken stop)
    {
        if (indexes.Length < 2) return indexes is [var only] ? only : AuditIndex.Newest;
        var sql = "select " + string.Join(", ", indexes.Select(i => $"(select count(*) from ({i.Followed!(CountedMax)}) x)"));
        var counts = (await Read(store, Bound(sql, filter, cursor), reader => Enumerable.Range(0, indexes.Length).Select(reader.GetInt64).ToArray(), stop).ConfigureAwait(false))[0];
        return indexes[Array.IndexOf(counts, counts.Min())];
    }

    internal static NpgsqlBatchCommand Bound(string sql, AuditFilter filter, AuditCursor? cursor)
    {
        var from = cursor ?? new(DateTimeOffset.MaxValue, long.MaxValue);
        if (filter.Until is { } until && until <= from.At) from = new(until, long.MinValue);
        string[] streams = filter.Resource is { } resource ? [resource, Ids.OfSecret(resource)] : [];
        return new(sql)
        {
            Parameters =
            {
                Time(from.At), new() { Value = from.Sequence }, Time(filter.Since ?? DateTimeOffset.UnixEpoch), Text(filter.Actor), Texts(filter.Types), Texts(streams),
                Text(filter.Correlation), Text(filter.Elevation), Text(filter.Outcome), Text(filter.Resource),
            },
        };

        static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
        static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
        static NpgsqlParameter Texts(IReadOnlyList<string>? values) => new() { Value = (object?)values?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };
    }

    private static AuditCursor CursorOf(AuditRow row) => new(row.At, row.Sequence);

    private static DateTimeOffset At(NpgsqlDataReader reader) => new(reader.GetDateTime(0), TimeSpan.Zero);

    private static async Task<List<T>> Read<T>(WorkspaceStore store, NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) rows.Add(read(reader));
        return rows;
    }
}
