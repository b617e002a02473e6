using System.Security.Cryptography;
using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>Wraps data keys with another master key, batch by batch. What they seal is not touched, and nobody who has them unwrapped notices.</summary>
public sealed class Rewrapping(Store store, FeedLease lease)
{
    private const int BatchMax = 100;
    private const int AtOnce = 8;

    private const string FindSql = """
        select k.tenant_id, k.number, k.master_key, k.wrapped from eventmesh.data_keys k where k.wrapped is not null and k.master_key < $1
        union all select k.tenant_id, k.number, k.master_key, k.wrapped from eventmesh.data_keys k where k.wrapped is not null and k.master_key > $1 limit $2
        """;

    private UnwrappedKeys Keys { get; } = store.Seals.Keys ?? throw new InvalidOperationException("Nothing is sealed here.");

    /// <summary>Whether this process can wrap with a master key; when it could not, it looks again for keys that were added.</summary>
    public async Task<bool> Has(string masterKey, CancellationToken stop)
    {
        if (Keys.MasterKeys.Current == masterKey) return true;
        await Keys.MasterKeys.Reload(stop).ConfigureAwait(false);
        return Keys.MasterKeys.Current == masterKey;
    }

    /// <summary>Wraps the next data keys that another master key has wrapped.</summary>
    /// <returns>How many; 0 when there are none left.</returns>
    /// <exception cref="MasterKeyMissing">One of them is wrapped by a master key that is not here.</exception>
    public async Task<int> Next(string masterKey, CancellationToken stop)
    {
        var found = await Find(masterKey, stop).ConfigureAwait(false);
        if (found.Count == 0) return 0;
        var wrapped = new byte[found.Count][];
        await Parallel.ForAsync(0, found.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (i, token) =>
        {
            var material = await Keys.MasterKeys.Unwrap(found[i].Wrapped, found[i].Workspace, found[i].Number, token).ConfigureAwait(false);
            try
            {
                var anew = await Keys.MasterKeys.Wrap(material, found[i].Workspace, found[i].Number, token).ConfigureAwait(false);
                if (anew.MasterKey != masterKey) throw new MasterKeyMissing(masterKey);
                wrapped[i] = anew.Bytes;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(material);
            }
        }).ConfigureAwait(false);

        await using var save = new NpgsqlCommand("select eventmesh.rewrap_data_keys($1, $2, $3, $4, $5)", lease.Connection)
        {
            Parameters =
            {
                new() { Value = found.Select(f => f.Workspace).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar }, new() { Value = found.Select(f => f.Number).ToArray() },
                new() { Value = found.Select(f => f.Wrapped.MasterKey).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar }, new() { Value = wrapped },
                new() { Value = masterKey, NpgsqlDbType = NpgsqlDbType.Varchar },
            },
        };
        await Database.Ask(() => save.ExecuteScalarAsync(stop)).ConfigureAwait(false);
        return found.Count;
    }

    private async Task<List<DataKeyRow>> Find(string masterKey, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(FindSql, connection) { Parameters = { new() { Value = masterKey, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = BatchMax } } };
        return await Database.Ask(async () =>
        {
            var found = new List<DataKeyRow>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetString(0), reader.GetInt32(1), new(reader.GetString(2), reader.GetFieldValue<byte[]>(3)), false, false));
            return found;
        }).ConfigureAwait(false);
    }
}
