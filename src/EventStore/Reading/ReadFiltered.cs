using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>A piece of a workspace's feed.</summary>
/// <param name="Reached">The position of the last event that was looked at, whether it was wanted or not: where to go on after. It is an event's, or where the reading began.</param>
/// <param name="End">Whether there is nothing more to read for now.</param>
public sealed record FilteredPage(IReadOnlyList<WholeEvent> Events, Position Reached, bool End);

public static class ReadFilteredVerb
{
    /// <summary>Events that one page looks at, however few of them are wanted: what bounds its work.</summary>
    public const int EventsLookedAtMax = 20_000;

    // The last event that was looked at comes too, so that it is known how far the page has come.
    private const string Sql = $"""
        select {ReadWholeVerb.Columns}, e.wanted, e.n from (
          select w.*, coalesce({EventFilter.Condition}, false) as wanted, row_number() over looked as n, lead(1) over looked is null as last
          from (
            select * from public.mt_events m
            where (m.xid, m.seq_id) > ($1, $2) and (m.xid, m.seq_id) < ($3, $4) and m.xid < pg_snapshot_xmin(pg_current_snapshot())
            order by m.xid, m.seq_id limit $5
          ) w window looked as (order by w.xid, w.seq_id)
        ) e where e.wanted or e.last order by e.xid, e.seq_id limit $6
        """;

    private const string AllSql = $"""
        select {ReadWholeVerb.Columns} from public.mt_events e
        where (e.xid, e.seq_id) > ($1, $2) and (e.xid, e.seq_id) < ($3, $4) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.seq_id limit $5
        """;

    /// <summary>A workspace's events in their final order, after a position and before another, that keep a filter. No session stays open behind it.</summary>
    /// <param name="until">Null: to the present end.</param>
    /// <param name="lookedAtMax">At most <see cref="EventsLookedAtMax"/>; less for a test.</param>
    public static async Task<FilteredPage> ReadFiltered(
        this WorkspaceStore store, EventFilter filter, Position after, Position? until, int limit, int lookedAtMax = EventsLookedAtMax, CancellationToken stop = default)
    {
        var end = until ?? new Position(long.MaxValue, Position.SequenceMax);
        var statement = new NpgsqlBatchCommand(filter.IsAll ? AllSql : Sql)
        {
            Parameters =
            {
                new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = after.Sequence },
                new() { Value = end.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = end.Sequence },
                new() { Value = filter.IsAll ? limit : lookedAtMax },
            },
        };
        if (!filter.IsAll)
        {
            statement.Parameters.Add(new() { Value = limit });
            foreach (var parameter in filter.Parameters()) statement.Parameters.Add(parameter);
        }
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        return await session.Read(reader => filter.IsAll ? All(reader, after, limit, stop) : Wanted(reader, after, limit, lookedAtMax, stop), stop).ConfigureAwait(false);
    }

    private static async Task<FilteredPage> All(NpgsqlDataReader reader, Position after, int limit, CancellationToken stop)
    {
        var events = new List<WholeEvent>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) events.Add(ReadWholeVerb.Row(reader, 0));
        return new(events, events.Count > 0 ? events[^1].Event.Position : after, events.Count < limit);
    }

    private static async Task<FilteredPage> Wanted(NpgsqlDataReader reader, Position after, int limit, int lookedAtMax, CancellationToken stop)
    {
        var (events, reached, looked) = (new List<WholeEvent>(), after, 0L);
        var (wanted, number) = (reader.GetOrdinal("wanted"), reader.GetOrdinal("n"));
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            var whole = ReadWholeVerb.Row(reader, 0);
            if (reader.GetBoolean(wanted)) events.Add(whole);
            (reached, looked) = (whole.Event.Position, reader.GetInt64(number));
        }
        return new(events, reached, events.Count < limit && looked < lookedAtMax);
    }
}
