using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>Values that a workspace needs and nobody may see in its history.</summary>
public static class SecretVerbs
{
    /// <summary>Keeps the first version of a secret. Doing it again with the same name is refused by the database.</summary>
    public static Task PutSecret(this WorkspaceStore store, string name, ReadOnlyMemory<byte> value, DateTimeOffset at, CancellationToken stop = default) =>
        store.PutSecret(name, 1, value, at, stop);

    internal static async Task PutSecret(this WorkspaceStore store, string name, int version, ReadOnlyMemory<byte> value, DateTimeOffset at, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("insert into eventmesh.secrets (tenant_id, name, version, value, created_at) values ($1, $2, $3, $4, $5)")
        {
            Parameters = { new() { Value = store.Workspace }, new() { Value = name }, new() { Value = version }, new() { Value = value }, new() { Value = at.UtcDateTime } },
        });
        // To the end of the results: an error of the commit comes after them.
        await session.Read(reader => reader.NextResultAsync(stop), stop).ConfigureAwait(false);
    }

    /// <summary>The newest version of a secret; null when there is none.</summary>
    public static Task<byte[]?> ReadSecret(this WorkspaceStore store, string name, CancellationToken stop = default) => store.ReadSecret(name, null, stop);

    /// <param name="version">Null for the newest.</param>
    /// <returns>Null when there is no such version, or its value was destroyed.</returns>
    public static async Task<byte[]?> ReadSecret(this WorkspaceStore store, string name, int? version, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select value from eventmesh.secrets where name = $1 and destroyed_at is null and ($2 is null or version = $2) order by version desc limit 1")
        {
            Parameters = { new() { Value = name }, new() { Value = (object?)version ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer } },
        });
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false) ? reader.GetFieldValue<byte[]>(0) : null, stop).ConfigureAwait(false);
    }
}
