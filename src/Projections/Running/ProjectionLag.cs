using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using NpgsqlTypes;

namespace EventMesh.Projections.Running;

/// <summary>How far a projection is behind.</summary>
/// <param name="Position">Everything up to here is taken in.</param>
/// <param name="Events">How many of its events follow, counted up to <see cref="EventsMax"/>.</param>
/// <param name="Seconds">The age of the first of them; 0 when there is none.</param>
public sealed record ProjectionLag(Position Position, long Events, double Seconds)
{
    public const int EventsMax = 100_000;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<ProjectionLag> Of(Store store, Projection projection, DateTimeOffset now, CancellationToken stop)
    {
        var position = await FeedLease.CheckpointOf(store, projection.Feed, stop).ConfigureAwait(false);
        var types = projection.EventTypes is null ? "" : " and m.type = any($4)";
        await using var command = store.Feed.CreateCommand($"""
            select count(*), (array_agg(e.timestamp))[1] from (
              select m.timestamp from public.mt_events m where (m.xid, m.seq_id) > ($1, $2){types} order by m.xid, m.seq_id limit $3) e
            """);
        command.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = position.Sequence });
        command.Parameters.Add(new() { Value = EventsMax });
        if (projection.EventTypes is { } asked) command.Parameters.Add(new() { Value = asked.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            await reader.ReadAsync(stop).ConfigureAwait(false);
            return new ProjectionLag(position, reader.GetInt64(0), reader.IsDBNull(1) ? 0 : Math.Max(0, (now - new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero)).TotalSeconds));
        }).ConfigureAwait(false);
    }
}
