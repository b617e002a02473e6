using EventMesh.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>Seals a workspace's secrets anew with its current data key, in a session of the workspace: nobody else may read them.</summary>
internal static class ResealSecrets
{
    private const int BatchMax = 500;
    private const string FindSql = "select name, version, key_number, value from eventmesh.secrets where destroyed_at is null and key_number is distinct from $1 and (name, version) > ($2, $3) order by name, version limit $4";

    private readonly record struct Row(string Name, int Version, int? Key, byte[] Value);

    /// <returns>How many were sealed anew, and those that do not open.</returns>
    public static async Task<(int Count, IReadOnlyList<SealBroken> Broken)> All(Store store, string workspace, WorkspaceKeys keys, CancellationToken stop)
    {
        var (current, count, broken) = (keys.Current!, 0, new List<SealBroken>());
        var known = new Dictionary<string, WorkspaceKeys>(StringComparer.Ordinal) { [workspace] = keys };
        for (var (name, version) = ("", 0); ;)
        {
            var found = await Find(store, workspace, current.Number, name, version, stop).ConfigureAwait(false);
            if (found.Count == 0) return (count, broken);
            (name, version) = (found[^1].Name, found[^1].Version);
            var anew = new List<(Row Of, byte[] Value)>(found.Count);
            foreach (var row in found)
            {
                var bound = new AssociatedData(SealKind.Secret, workspace, row.Name, row.Version);
                try
                {
                    anew.Add((row, current.For(bound).Seal(bound, Seals.Open(bound, row.Key, row.Value, known))));
                }
                catch (SealBroken seal)
                {
                    // It stays as it is, and its key with it: nobody can make it right from here.
                    broken.Add(seal);
                }
            }
            await Save(store, workspace, anew, current.Number, stop).ConfigureAwait(false);
            count += anew.Count;
        }
    }

    private static async Task<List<Row>> Find(Store store, string workspace, int current, string afterName, int afterVersion, CancellationToken stop)
    {
        await using var session = await TenantSession.Open(store.Tenant, stop).ConfigureAwait(false);
        session.Add(workspace, new NpgsqlBatchCommand(FindSql)
        {
            Parameters = { new() { Value = current }, new() { Value = afterName, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = afterVersion }, new() { Value = BatchMax } },
        });
        return await session.Read(async reader =>
        {
            var found = new List<Row>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetFieldValue<byte[]>(3)));
            return found;
        }, stop).ConfigureAwait(false);
    }

    private static async Task Save(Store store, string workspace, List<(Row Of, byte[] Value)> anew, int key, CancellationToken stop)
    {
        if (anew.Count == 0) return;
        await using var session = await TenantSession.Open(store.Tenant, stop).ConfigureAwait(false);
        session.Add(workspace, new NpgsqlBatchCommand("select eventmesh.reseal_secrets($1, $2, $3, $4, $5)")
        {
            Parameters =
            {
                new() { Value = anew.Select(a => a.Of.Name).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar }, new() { Value = anew.Select(a => a.Of.Version).ToArray() },
                new NpgsqlParameter<int?[]> { TypedValue = [.. anew.Select(a => a.Of.Key)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = anew.Select(a => a.Value).ToArray() }, new() { Value = key },
            },
        });
        // To the end of the results: an error of the commit comes after them.
        await session.Read(reader => reader.NextResultAsync(stop), stop).ConfigureAwait(false);
    }
}
