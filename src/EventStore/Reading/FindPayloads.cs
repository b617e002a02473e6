using EventMesh.EventStore.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class FindPayloadsVerb
{
    // The days once more, so that partitions of other days are not looked at.
    private const string From = "from unnest($1, $2) as a(id, day) join eventmesh.payloads p on p.id = a.id and p.day = a.day and p.day = any($2) and " + PayloadKept.Sql;

    /// <summary>Which of these payloads are still there.</summary>
    public static async Task<HashSet<string>> FindPayloads(this WorkspaceStore store, IReadOnlyList<(string Id, DateOnly Day)> named, CancellationToken stop = default)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await Read(store, $"select p.id {From}", named, reader => there.Add(reader.GetString(0)), stop).ConfigureAwait(false);
        return there;
    }

    /// <summary>Those of these payloads that are still there, by id.</summary>
    /// <exception cref="SealBroken">One of them was changed, or belongs elsewhere.</exception>
    public static async Task<Dictionary<string, byte[]>> ReadPayloads(this WorkspaceStore store, IReadOnlyList<(string Id, DateOnly Day)> named, CancellationToken stop = default)
    {
        var stored = new List<(AssociatedData Bound, int? Key, byte[] Body)>();
        await Read(store, $"select p.id, p.day, p.key_number, p.body {From}", named,
            reader => stored.Add((new(SealKind.Payload, store.Workspace, reader.GetString(0), reader.GetFieldValue<DateOnly>(1).DayNumber), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetFieldValue<byte[]>(3))),
            stop).ConfigureAwait(false);
        var read = await store.Store.Seals.Ready(stored.Select(s => (s.Bound, s.Key)), stop).ConfigureAwait(false);
        return stored.ToDictionary(s => s.Bound.Name, s => Seals.Open(s.Bound, s.Key, s.Body, read), StringComparer.Ordinal);
    }

    private static async Task Read(WorkspaceStore store, string sql, IReadOnlyList<(string Id, DateOnly Day)> named, Action<NpgsqlDataReader> take, CancellationToken stop)
    {
        if (named.Count == 0) return;
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new() { Value = named.Select(n => n.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
                new() { Value = named.Select(n => n.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
            },
        });
        await session.Read(async reader =>
        {
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) take(reader);
            return true;
        }, stop).ConfigureAwait(false);
    }
}
