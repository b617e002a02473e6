using EventMesh.EventStore.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>Values that a workspace needs and nobody may see in its history. They are stored sealed, for their name and version.</summary>
public static class SecretVerbs
{
    /// <summary>Keeps the first version of a secret. Doing it again with the same name is refused by the database.</summary>
    public static Task PutSecret(this WorkspaceStore store, string name, ReadOnlyMemory<byte> value, DateTimeOffset at, CancellationToken stop = default) =>
        store.PutSecret(name, 1, value, at, stop);

    internal static async Task PutSecret(this WorkspaceStore store, string name, int version, ReadOnlyMemory<byte> value, DateTimeOffset at, CancellationToken stop)
    {
        await store.Store.Seals.Storing([store.Workspace], async () =>
        {
            var kept = await store.Store.Seals.Seal(Bound(store, name, version), value, stop).ConfigureAwait(false);
            await using var session = await store.Session(stop).ConfigureAwait(false);
            session.Add(store.Workspace, new NpgsqlBatchCommand("insert into eventmesh.secrets (tenant_id, name, version, value, created_at, key_number) values ($1, $2, $3, $4, $5, $6)")
            {
                Parameters =
                {
                    new() { Value = store.Workspace }, new() { Value = name }, new() { Value = version }, new() { Value = kept.Bytes }, new() { Value = at.UtcDateTime },
                    new() { Value = (object?)kept.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
                },
            });
            // To the end of the results: an error of the commit comes after them.
            return await session.Read(reader => reader.NextResultAsync(stop), stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>The newest version of a secret; null when there is none.</summary>
    /// <exception cref="SealBroken">What is stored was changed, or belongs to another workspace, name or version.</exception>
    public static Task<byte[]?> ReadSecret(this WorkspaceStore store, string name, CancellationToken stop = default) => store.ReadSecret(name, null, stop);

    /// <param name="version">Null for the newest.</param>
    /// <returns>Null when there is no such version, or its value was destroyed.</returns>
    /// <exception cref="SealBroken">What is stored was changed, or belongs to another workspace, name or version.</exception>
    public static async Task<byte[]?> ReadSecret(this WorkspaceStore store, string name, int? version, CancellationToken stop = default)
    {
        var (found, key, kept) = await Stored(store, name, version, stop).ConfigureAwait(false);
        return kept is null ? null : await store.Store.Seals.Open(Bound(store, name, found), key, kept, stop).ConfigureAwait(false);
    }

    private static async Task<(int Version, int? Key, byte[]? Value)> Stored(WorkspaceStore store, string name, int? version, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select version, key_number, value from eventmesh.secrets where name = $1 and destroyed_at is null and ($2 is null or version = $2) order by version desc limit 1")
        {
            Parameters = { new() { Value = name }, new() { Value = (object?)version ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer } },
        });
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false)
            ? (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.GetFieldValue<byte[]>(2)) : (0, (int?)null, (byte[]?)null), stop).ConfigureAwait(false);
    }

    private static AssociatedData Bound(WorkspaceStore store, string name, int version) => new(SealKind.Secret, store.Workspace, name, version);
}
