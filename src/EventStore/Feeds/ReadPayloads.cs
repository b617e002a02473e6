using EventMesh.EventStore.Reading;
using EventMesh.EventStore.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

/// <summary>A body that an event of the feed names.</summary>
/// <param name="Body">Null when it has expired, or <paramref name="Broken"/>.</param>
/// <param name="Broken">Why it does not open. It concerns its own workspace and stops nobody else.</param>
public readonly record struct NamedPayload(byte[]? Body, SealBroken? Broken);

public static class ReadPayloadsVerb
{
    // The days once more, so that partitions of other days are not looked at.
    private const string Sql = """
        select a.ord, p.key_number, p.body from unnest($1, $2, $3) with ordinality as a(tenant_id, id, day, ord)
        join eventmesh.payloads p on p.tenant_id = a.tenant_id and p.id = a.id and p.day = a.day and p.day = any($3) and
        """ + " " + PayloadKept.Sql;

    /// <summary>Bodies named by events of the feed, in their order.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    /// <exception cref="MasterKeyUnavailable">A workspace's data key is not known yet, and whoever holds the master key does not answer.</exception>
    public static async Task<NamedPayload[]> ReadPayloads(this Store store, IReadOnlyList<(string Workspace, string Id, DateOnly Day)> named, CancellationToken stop = default)
    {
        var bodies = new NamedPayload[named.Count];
        if (bodies.Length == 0) return bodies;
        var stored = await Stored(store, named, stop).ConfigureAwait(false);
        var read = await store.Seals.Ready(stored.Select(s => (Bound(s.At), s.Key)), stop).ConfigureAwait(false);
        foreach (var (at, key, body) in stored)
        {
            try
            {
                bodies[at] = new(Seals.Open(Bound(at), key, body, read), null);
            }
            catch (SealBroken broken)
            {
                bodies[at] = new(null, broken);
            }
        }
        return bodies;

        AssociatedData Bound(int at) => new(SealKind.Payload, named[at].Workspace, named[at].Id, named[at].Day.DayNumber);
    }

    private static async Task<List<(int At, int? Key, byte[] Body)>> Stored(Store store, IReadOnlyList<(string Workspace, string Id, DateOnly Day)> named, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = named.Select(n => n.Workspace).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = named.Select(n => n.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = named.Select(n => n.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var stored = new List<(int, int?, byte[])>(named.Count);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) stored.Add(((int)reader.GetInt64(0) - 1, reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.GetFieldValue<byte[]>(2)));
            return stored;
        }).ConfigureAwait(false);
    }
}
