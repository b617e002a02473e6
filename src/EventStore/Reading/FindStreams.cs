using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>Which streams begin with an event of some type in some time.</summary>
/// <param name="Type">The stored name.</param>
/// <param name="Since">It was decided then or later.</param>
/// <param name="Until">It was decided before.</param>
/// <param name="DataTypes">Patterns of SQL's LIKE for the member <c>type</c> of its data; null for all.</param>
public sealed record StreamSearch(string Type, DateTimeOffset Since, DateTimeOffset Until, IReadOnlyList<string>? DataTypes);

/// <param name="Streams">In the order of the feed, each with the position of what was found.</param>
/// <param name="Next">Where the search goes on; null at its end. A page may be empty and still go on.</param>
public sealed record FoundStreams(IReadOnlyList<(string Stream, Position Position)> Streams, Position? Next);

public static class FindStreamsVerb
{
    private const string Sql = """
        with looked as materialized (
          select e.xid, e.seq_id, e.stream_id, e.type, e.timestamp, case when e.type = $6 then e.data ->> 'type' end as data_type
          from public.mt_events e
          where (e.xid, e.seq_id) > ($1, $2) and (e.xid, e.seq_id) <= ($3, $4) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
          order by e.xid, e.seq_id limit $5
        )
        select l.xid, l.seq_id, case when l.type = $6 and l.timestamp >= $7 and l.timestamp < $8 and ($9::varchar[] is null or l.data_type like any($9)) then l.stream_id end
        from looked l order by l.xid, l.seq_id
        """;

    /// <summary>Looks at the next <paramref name="lookedAtMax"/> events after a position, up to and including another.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<FoundStreams> FindStreams(
        this WorkspaceStore store, StreamSearch search, Position after, Position upTo, int lookedAtMax, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = after.Sequence },
                new() { Value = upTo.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = upTo.Sequence },
                new() { Value = lookedAtMax }, new() { Value = search.Type, NpgsqlDbType = NpgsqlDbType.Varchar },
                new() { Value = search.Since.UtcDateTime }, new() { Value = search.Until.UtcDateTime },
                new() { Value = (object?)search.DataTypes?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
            },
        });
        return await session.Read(async reader =>
        {
            var streams = new List<(string, Position)>();
            var (last, rows) = (after, 0);
            for (; await reader.ReadAsync(stop).ConfigureAwait(false); rows++)
            {
                last = new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1));
                if (!reader.IsDBNull(2)) streams.Add((reader.GetString(2), last));
            }
            return new FoundStreams(streams, rows == lookedAtMax ? last : null);
        }, stop).ConfigureAwait(false);
    }
}
