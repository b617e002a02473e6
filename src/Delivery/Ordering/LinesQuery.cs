using EventMesh.Domain.Deliveries;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Ordering;

/// <summary>A line in which deliveries stand.</summary>
/// <param name="Delivery">Its head: what the others wait for.</param>
/// <param name="Behind">How many stand behind the head, counted up to <see cref="LinesQuery.BehindCountedMax"/>.</param>
public sealed record WaitingLine(string Line, string Delivery, DeliveryTarget Of, string Key, int Behind);

/// <summary>A workspace's lines, by their ids.</summary>
public static class LinesQuery
{
    public const int BehindCountedMax = 10_000;

    // From line to line through the key, however many stand in each.
    private static readonly string ListSql = $"""
        with recursive lines as (
          (select o.line from eventmesh.order_lines o where o.line > $1 order by o.line limit 1)
          union all
          select (select o.line from eventmesh.order_lines o where o.line > l.line order by o.line limit 1) from lines l where l.line is not null
        )
        select {Columns} from lines l {Head}
        where ($2 is null or h.rule_id = $2) and ($3 is null or h.connection_id = $3)
          and (not $4 or exists (select from eventmesh.deliveries d where d.id = h.delivery_id and d.status in ('retrying', 'dead_lettered')))
        limit $5
        """;

    private static readonly string OneSql = $"select {Columns} from (select $1 as line) l {Head}";

    private static readonly string FrontsSql = $"""
        select {Place}, least({BehindCountedMax}, n.total - row_number() over (partition by h.line order by h.place))::integer
        from unnest($1) l(line)
        cross join lateral (select count(*) as total from (select from eventmesh.order_lines b where b.line = l.line limit {BehindCountedMax + FrontMax}) counted) n
        cross join lateral (select * from eventmesh.order_lines o where o.line = l.line order by o.place limit {FrontMax}) h
        order by h.line, h.place
        """;

    // Of what a run looked at together, all may be over; what is behind them is not.
    private const int FrontMax = OrderLines.FrontMax + 1;

    private const string Place = "h.line, h.delivery_id, h.event_id, h.accepted_at, h.connection_id, h.rule_id, h.key";

    private const string Columns = $"""
        {Place},
        (select count(*) from (select from eventmesh.order_lines b where b.line = h.line and b.place > h.place limit 10000) behind)::integer
        """;

    private const string Head = "cross join lateral (select * from eventmesh.order_lines o where o.line = l.line order by o.place limit 1) h";

    /// <param name="after">The line to go on after; null for the first page.</param>
    /// <param name="stuck">Only those whose head has failed: it waits for its retry, or is a dead letter.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<List<WaitingLine>> List(WorkspaceStore store, string? rule, string? connection, bool stuck, string? after, int limit, CancellationToken stop) =>
        Read(store, new NpgsqlBatchCommand(ListSql) { Parameters = { Text(after ?? ""), Text(rule), Text(connection), new() { Value = stuck }, new() { Value = limit } } }, stop);

    /// <summary>Null when nothing stands in it.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<WaitingLine?> Find(WorkspaceStore store, string line, CancellationToken stop)
    {
        var found = await Read(store, new NpgsqlBatchCommand(OneSql) { Parameters = { Text(line) } }, stop).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>The first of each line, line by line: those that a run may have got over before it took them out, and the next.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<List<WaitingLine>> Fronts(WorkspaceStore store, IReadOnlyList<string> lines, CancellationToken stop) =>
        Read(store, new NpgsqlBatchCommand(FrontsSql) { Parameters = { new() { Value = lines.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } } }, stop);

    private static async Task<List<WaitingLine>> Read(WorkspaceStore store, NpgsqlBatchCommand statement, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var lines = new List<WaitingLine>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            var of = new DeliveryTarget(reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero), reader.GetString(4), reader.GetString(5), reader.GetString(0));
            lines.Add(new(reader.GetString(0), reader.GetString(1), of, reader.GetString(6), reader.GetInt32(7)));
        }
        return lines;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
