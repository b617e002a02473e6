using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>Seals the values of a workspace that registered tables keep anew with its current data key, through the session of the lease.</summary>
internal static class ResealValues
{
    private const int BatchMax = 100;

    private readonly record struct Row(string Table, string Name, byte[] Sealed);

    /// <returns>How many were sealed anew, and those that do not open.</returns>
    public static async Task<(int Count, IReadOnlyList<SealBroken> Broken)> All(Store store, FeedLease lease, string workspace, WorkspaceKeys keys, CancellationToken stop)
    {
        var (count, broken, passed) = (0, new List<SealBroken>(), new List<byte[]>());
        var known = new Dictionary<string, WorkspaceKeys>(StringComparer.Ordinal) { [workspace] = keys };
        while (true)
        {
            var found = await Find(lease, workspace, keys.Current!.Number, passed, stop).ConfigureAwait(false);
            if (found.Count == 0) return (count, broken);
            foreach (var table in found.GroupBy(r => r.Table, StringComparer.Ordinal))
            {
                var (old, anew) = (new List<byte[]>(), new List<byte[]>());
                foreach (var row in table)
                {
                    var bound = new AssociatedData(SealKind.Value, workspace, row.Name, 0);
                    try
                    {
                        anew.Add(keys.Current.For(bound).Seal(bound, Seals.Open(bound, SealedForm.NumberOf(row.Sealed), row.Sealed, known)));
                        old.Add(row.Sealed);
                    }
                    catch (SealBroken seal)
                    {
                        broken.Add(seal);
                        passed.Add(row.Sealed);
                    }
                }
                // One that was replaced or removed meanwhile is passed over.
                await Save(lease, workspace, table.Key, old, anew, stop).ConfigureAwait(false);
                count += old.Count;
            }
        }
    }

    private static async Task<List<Row>> Find(FeedLease lease, string workspace, int current, List<byte[]> broken, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select table_name, sealed_as, sealed from eventmesh.find_sealed_values($1, $2, $3, $4)", lease.Connection)
        {
            Parameters = { new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = current }, new() { Value = broken.ToArray() }, new() { Value = BatchMax } },
        };
        return await Database.Ask(async () =>
        {
            var found = new List<Row>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
            return found;
        }).ConfigureAwait(false);
    }

    private static async Task Save(FeedLease lease, string workspace, string table, List<byte[]> old, List<byte[]> anew, CancellationToken stop)
    {
        if (old.Count == 0) return;
        await using var save = new NpgsqlCommand("select eventmesh.reseal_values($1, $2, $3, $4)", lease.Connection)
        {
            Parameters = { new() { Value = workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = table }, new() { Value = old.ToArray() }, new() { Value = anew.ToArray() } },
        };
        await Database.Ask(() => save.ExecuteScalarAsync(stop)).ConfigureAwait(false);
    }
}
