using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

public static class ReadUnseenVerb
{
    /// <summary>
    /// What is committed after a position, whether or not a feed may read it yet: for each workspace that has events of <paramref name="types"/> there, the position of
    /// the last. A feed waits for the oldest transaction under way; this does not, and says nothing about what that one may still bring.
    /// </summary>
    /// <param name="types">Stored names; a partial index over them is used.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, Position>> ReadUnseen(this Store store, Position after, IReadOnlyCollection<string> types, CancellationToken stop = default)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand($"""
            select m.tenant_id, m.xid, m.seq_id from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and {ReadFeedVerb.Literals(types)} order by m.xid, m.seq_id
            """, connection);
        command.Parameters.Add(new() { Value = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        return await Database.Ask(async () =>
        {
            var last = new Dictionary<string, Position>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) last[reader.GetString(0)] = new(reader.GetFieldValue<ulong>(1), reader.GetInt64(2));
            return last;
        }).ConfigureAwait(false);
    }
}
