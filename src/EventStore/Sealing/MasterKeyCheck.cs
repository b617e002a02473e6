using Npgsql;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// A node that could not open what is there must not start. The platform's own data key is made by the first node that starts on a database, so a database knows its master key before
/// there is anything to lose, and a second node with another one is refused at once.
/// </summary>
public static class MasterKeyCheck
{
    /// <summary>The workspace-like owner of what concerns no workspace. No workspace can have this id.</summary>
    internal const string Platform = "$platform";

    /// <summary>The ids of the master keys that the data keys of a database are wrapped by; none when it holds no data key, or nothing at all yet.</summary>
    /// <param name="connectionString">Of the user that migrates.</param>
    public static async Task<IReadOnlyList<string>> MasterKeysOf(string connectionString, CancellationToken stop)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(stop).ConfigureAwait(false);
        await using (var there = new NpgsqlCommand("select to_regclass('eventmesh.data_keys') is not null", connection))
            if (await there.ExecuteScalarAsync(stop).ConfigureAwait(false) is not true) return [];
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        // As the feed: row-level security hides them from whoever owns the table.
        await using (var role = new NpgsqlCommand("set local role eventmesh_feed", connection)) await role.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        return [.. (await Ids(connection, stop).ConfigureAwait(false)).Select(i => i.MasterKey)];
    }

    /// <summary>Makes the platform's data key if there is none, and opens one data key of each master key.</summary>
    /// <exception cref="MasterKeysRefused">One of them does not open.</exception>
    internal static async Task Run(Store store, UnwrappedKeys keys, CancellationToken stop)
    {
        List<(string MasterKey, string Workspace)> ids;
        var stored = new DataKeyRows(store.Tenant);
        if ((await stored.Read([Platform], stop).ConfigureAwait(false)).Count == 0) await keys.Make(Platform, 1, stop).ConfigureAwait(false);
        await using (var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false)) ids = await Ids(connection, stop).ConfigureAwait(false);
        foreach (var (masterKey, workspace) in ids)
        {
            var row = (await stored.Read([workspace], stop).ConfigureAwait(false)).First(r => r.Wrapped.MasterKey == masterKey);
            try
            {
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(await keys.MasterKeys.Unwrap(row.Wrapped, workspace, row.Number, stop).ConfigureAwait(false));
            }
            catch (MasterKeyMissing missing)
            {
                throw new MasterKeysRefused($"The data keys of this database are wrapped by master key '{masterKey}'. {missing.Message} Its current key is '{keys.MasterKeys.Current}'.");
            }
            catch (SealBroken)
            {
                throw new MasterKeysRefused($"Master key '{masterKey}' of this node is not the one of this name that wrapped the data keys of this database: it does not open them.");
            }
        }
    }

    private static async Task<List<(string MasterKey, string Workspace)>> Ids(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select distinct on (k.master_key) k.master_key, k.tenant_id from eventmesh.data_keys k where k.wrapped is not null order by k.master_key, k.tenant_id", connection);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var ids = new List<(string, string)>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) ids.Add((reader.GetString(0), reader.GetString(1)));
        return ids;
    }
}
