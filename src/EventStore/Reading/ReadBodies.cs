using EventMesh.EventStore.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>A payload with what is known of it.</summary>
/// <param name="Body">Null when it is <paramref name="Broken"/>.</param>
/// <param name="Broken">It was changed, or belongs elsewhere; the others are read all the same.</param>
public sealed record StoredBody(string? ContentType, byte[]? Body, bool Broken);

public static class ReadBodiesVerb
{
    // The days once more, so that partitions of other days are not looked at.
    private const string Sql = "select p.id, p.day, p.content_type, p.key_number, p.body from unnest($1, $2) as a(id, day) join eventmesh.payloads p on p.id = a.id and p.day = a.day and p.day = any($2) and " + PayloadKept.Sql;

    /// <summary>Those of these payloads of the workspace that are still there, by id.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, StoredBody>> ReadBodies(this WorkspaceStore store, IReadOnlyList<(string Id, DateOnly Day)> named, CancellationToken stop = default)
    {
        if (named.Count == 0) return new Dictionary<string, StoredBody>();
        var rows = await Rows(store, named, stop).ConfigureAwait(false);
        var read = await store.Store.Seals.Ready(rows.Select(r => (r.Bound, r.Key)), stop).ConfigureAwait(false);
        var bodies = new Dictionary<string, StoredBody>(StringComparer.Ordinal);
        foreach (var (bound, contentType, key, body) in rows)
        {
            try
            {
                bodies[bound.Name] = new(contentType, Seals.Open(bound, key, body, read), false);
            }
            catch (SealBroken)
            {
                bodies[bound.Name] = new(contentType, null, true);
            }
        }
        return bodies;
    }

    private static async Task<List<(AssociatedData Bound, string? ContentType, int? Key, byte[] Body)>> Rows(WorkspaceStore store, IReadOnlyList<(string Id, DateOnly Day)> named, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new() { Value = named.Select(n => n.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
                new() { Value = named.Select(n => n.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
            },
        });
        return await session.Read(async reader =>
        {
            var rows = new List<(AssociatedData, string?, int?, byte[])>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
            {
                var bound = new AssociatedData(SealKind.Payload, store.Workspace, reader.GetString(0), reader.GetFieldValue<DateOnly>(1).DayNumber);
                rows.Add((bound, reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetFieldValue<byte[]>(4)));
            }
            return rows;
        }, stop).ConfigureAwait(false);
    }
}
