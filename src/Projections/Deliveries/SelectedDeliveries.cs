using System.Globalization;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Deliveries;

/// <param name="UpTo">How far the read model had come: the count is exact for this position.</param>
public sealed record SelectionCount(Position UpTo, IReadOnlyList<SelectionCount.Part> Parts)
{
    public sealed record Part(string Connection, string Status, long Count);
}

/// <param name="Next">Where the reading goes on; null at its end. A page may be empty and still go on.</param>
public sealed record SelectionPage(IReadOnlyList<DeliveryView> Items, string? Next);

/// <summary>
/// Many deliveries of a workspace as they stood at one position, counted and then read page by page, status by status, oldest first. One that has changed since
/// is no longer among the pages, so what is done with those read never comes back as something to read.
/// </summary>
public static class SelectedDeliveries
{
    /// <summary>Rows that one page looks at.</summary>
    private const int LookedAtMax = 5_000;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<SelectionCount> Count(WorkspaceStore store, DeliverySelection selection, CancellationToken stop = default)
    {
        // In one snapshot with the read model's checkpoint, which is written together with its rows.
        var statement = new NpgsqlBatchCommand($"""
            select p.last_xid, p.last_seq_id, c.connection_id, c.status, c.count
            from (select 1) one left join public.mt_event_progression p on p.name = 'projection:{DeliveriesProjection.Name}'
            left join (
              select d.connection_id, d.status, count(*) as count from eventmesh.deliveries d{selection.Join}
              where {selection.Where} and d.status = any($6){(selection.Statuses.All(DeliveryStatus.IsAttention) ? " and d.attention = any($6)" : "")}
              group by d.connection_id, d.status
            ) c on true order by c.connection_id, c.status
            """);
        foreach (var parameter in selection.Parameters) statement.Parameters.Add(parameter);
        statement.Parameters.Add(new() { Value = selection.Statuses.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        var (upTo, parts) = (Position.Start, new List<SelectionCount.Part>());
        await Read(store, statement, reader =>
        {
            if (!reader.IsDBNull(0)) upTo = new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1));
            if (!reader.IsDBNull(2)) parts.Add(new(reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        }, stop).ConfigureAwait(false);
        return new(upTo, parts);
    }

    /// <param name="pinned">What <see cref="Count"/> gave: deliveries that have changed since are passed over.</param>
    /// <param name="cursor">The <see cref="SelectionPage.Next"/> of the page before; null for the first.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<SelectionPage> Page(WorkspaceStore store, DeliverySelection selection, Position pinned, string? cursor, int limit, CancellationToken stop = default)
    {
        var (at, after) = Parse(cursor);
        if (at >= selection.Statuses.Count) return new([], null);
        var status = selection.Statuses[at];
        var looked = $"""
            (select d.* from eventmesh.deliveries d
             where (d.created_xid, d.created_seq, d.id) > ($8, $9, $10) and (d.created_xid, d.created_seq) <= ($6, $7){(DeliveryStatus.IsAttention(status) ? " and d.attention = $11" : "")}
             order by d.created_xid, d.created_seq, d.id limit {LookedAtMax})
            """;
        const string OldestFirst = "order by d.created_xid, d.created_seq, d.id";
        var items = await Deliveries($"""
            select {DeliveryView.Columns} from {looked} d{selection.Join}
            where {selection.Where} and d.status = $11 and (d.last_xid, d.last_seq) <= ($6, $7) {OldestFirst} limit {limit.ToString(CultureInfo.InvariantCulture)}
            """).ConfigureAwait(false);
        if (items.Count == limit) return new(items, Text(at, new(items[^1].Created, items[^1].Id)));

        var last = await Deliveries($"select {DeliveryView.Columns} from {looked} d {OldestFirst} offset {LookedAtMax - 1}").ConfigureAwait(false);
        return new(items, last.Count > 0 ? Text(at, new(last[0].Created, last[0].Id)) : at + 1 < selection.Statuses.Count ? Text(at + 1, default) : null);

        async Task<List<DeliveryView>> Deliveries(string sql)
        {
            var statement = new NpgsqlBatchCommand(sql);
            foreach (var parameter in selection.Parameters) statement.Parameters.Add(parameter);
            foreach (var position in new[] { pinned, after.Created })
            {
                statement.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
                statement.Parameters.Add(new() { Value = position.Sequence });
            }
            statement.Parameters.Add(DeliverySelection.Text(after.Id ?? ""));
            statement.Parameters.Add(DeliverySelection.Text(status));
            var found = new List<DeliveryView>();
            await Read(store, statement, reader => found.Add(DeliveryView.Read(reader)), stop).ConfigureAwait(false);
            return found;
        }
    }

    private static string Text(int status, DeliveryCursor after) => string.Create(CultureInfo.InvariantCulture, $"{status}:{(after.Id is null ? "" : after)}");

    private static (int Status, DeliveryCursor After) Parse(string? cursor)
    {
        if (cursor is null) return default;
        var colon = cursor.IndexOf(':', StringComparison.Ordinal);
        var status = int.Parse(cursor.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture);
        return DeliveryCursor.TryParse(cursor[(colon + 1)..], out var after) ? (status, after) : (status, default);
    }

    private static async Task Read(WorkspaceStore store, NpgsqlBatchCommand statement, Action<NpgsqlDataReader> take, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, statement);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) take(reader);
    }
}
