using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Deliveries;

/// <param name="Next">Where the list goes on; null at its end. A page may be shorter than asked for, even empty, and still go on.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryView> Items, DeliveryCursor? Next);

/// <summary>
/// A workspace's deliveries. The list follows one index, whichever finds the fewest (an event's own stream, what needs attention, a connection, the newest),
/// and looks at no more than <see cref="LookedAtMax"/> rows of it for what else is asked: a query that finds little costs no more than one that finds much.
/// </summary>
public static class DeliveriesQuery
{
    /// <summary>Rows that one page looks at.</summary>
    public const int LookedAtMax = 20_000;

    private const string NewestFirst = "order by d.created_xid desc, d.created_seq desc, d.id desc";

    // An event names its deliveries; each is then found by its key. Offset 0 keeps it so.
    private const string OfEvent = """
        (select d.* from public.mt_events e
         cross join lateral jsonb_array_elements(e.data -> 'deliveries') as planned
         join eventmesh.deliveries d on d.id = planned ->> 'id'
         where e.stream_id = $6 and e.type = 'event_routed' offset 0)
        """;

    /// <summary>The deliveries that match every filter given, newest first.</summary>
    /// <param name="status">One of <see cref="DeliveryStatus.All"/>.</param>
    /// <param name="connection">A connection's id.</param>
    /// <param name="event">A published event's id.</param>
    /// <param name="cursor">The <see cref="DeliveryPage.Next"/> of the page before.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<DeliveryPage> List(
        WorkspaceStore store, string? status, string? connection, string? @event, DeliveryCursor? cursor, int limit, CancellationToken stop = default)
    {
        var byAttention = @event is null && status is not null && DeliveryStatus.IsAttention(status);
        var byConnection = @event is null && !byAttention && connection is not null;
        // What the followed index answers stands inside the bound; what is left to look for stands outside.
        string outside = (status is null || byAttention ? "" : " and d.status = $4") + (connection is null || byConnection ? "" : " and d.connection_id = $5");
        string Followed(int rows) => $"""
            select d.* from {(@event is null ? "eventmesh.deliveries" : OfEvent)} d
            where (d.created_xid, d.created_seq, d.id) < ($1, $2, $3){(byAttention ? " and d.attention = $4" : "")}{(byConnection ? " and d.connection_id = $5" : "")}
            {NewestFirst} limit {rows}
            """;
        NpgsqlBatchCommand Statement(string sql) => Bind(sql, cursor, status, connection, @event);

        // One more than asked for tells whether the list goes on.
        var sql = outside.Length == 0
            ? $"select {DeliveryView.Columns} from ({Followed(limit + 1)}) d {NewestFirst}"
            : $"select {DeliveryView.Columns} from ({Followed(LookedAtMax)}) d where true{outside} {NewestFirst} limit {limit + 1}";
        var found = await Read(store, Statement(sql), stop).ConfigureAwait(false);
        if (found.Count > limit) return new(found[..limit], CursorOf(found[limit - 1]));
        if (outside.Length == 0) return new(found, null);

        var last = await Read(store, Statement($"select {DeliveryView.Columns} from ({Followed(LookedAtMax)}) d {NewestFirst} offset {LookedAtMax - 1}"), stop).ConfigureAwait(false);
        return new(found, last.Count == 0 ? null : CursorOf(last[0]));
    }

    /// <summary>Null when the workspace has no such delivery, or the read model does not hold it yet.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<DeliveryView?> Find(WorkspaceStore store, string id, CancellationToken stop = default) =>
        (await Read(store, new($"select {DeliveryView.Columns} from eventmesh.deliveries d where d.id = $1") { Parameters = { new() { Value = id } } }, stop)
            .ConfigureAwait(false)).SingleOrDefault();

    private static DeliveryCursor CursorOf(DeliveryView delivery) => new(delivery.Created, delivery.Id);

    private static NpgsqlBatchCommand Bind(string sql, DeliveryCursor? cursor, string? status, string? connection, string? @event)
    {
        var (created, id) = cursor ?? new DeliveryCursor(new(long.MaxValue, long.MaxValue), "");
        return new(sql)
        {
            Parameters =
            {
                new() { Value = created.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = created.Sequence }, Text(id),
                Text(status), Text(connection), Text(@event),
            },
        };

        static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
    }

    private static async Task<List<DeliveryView>> Read(WorkspaceStore store, NpgsqlBatchCommand statement, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var deliveries = new List<DeliveryView>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) deliveries.Add(DeliveryView.Read(reader));
        return deliveries;
    }
}
