using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>What is kept of a version of a secret, but for its value.</summary>
/// <param name="LastUsedAt">To the minute or so.</param>
public sealed record KeptVersion(int Version, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? DestroyedAt);

/// <summary>Secrets of several versions.</summary>
public static class SecretVersionVerbs
{
    private const int AttemptsMax = 20;
    private const string NextSql = "select coalesce(max(version), 0) + 1 from eventmesh.secrets where name = $1";
    private const string ListSql = "select version, created_at, last_used_at, destroyed_at from eventmesh.secrets where name = $1 order by version";
    private const string DestroySql = "select eventmesh.destroy_secrets($1, $2, $3)";

    /// <summary>Keeps a further version, under the next number that was never used. Numbers of writers that were slower or failed are passed over.</summary>
    /// <returns>Its number.</returns>
    public static async Task<int> PutSecretVersion(this WorkspaceStore store, string name, ReadOnlyMemory<byte> value, DateTimeOffset at, CancellationToken stop = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var next = await store.One(NextSql, r => r.GetInt32(0), stop, new NpgsqlParameter { Value = name }).ConfigureAwait(false);
            try
            {
                await store.PutSecret(name, next, value, at, stop).ConfigureAwait(false);
                return next;
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation && attempt < AttemptsMax)
            {
                // Somebody else kept one of the same name in this moment.
            }
        }
    }

    /// <summary>Every version that ever was, by number.</summary>
    public static async Task<IReadOnlyList<KeptVersion>> ReadSecretVersions(this WorkspaceStore store, string name, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(ListSql) { Parameters = { new() { Value = name } } });
        return await session.Read(async reader =>
        {
            var found = new List<KeptVersion>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetInt32(0), Time(reader, 1)!.Value, Time(reader, 2), Time(reader, 3)));
            return found;
        }, stop).ConfigureAwait(false);
    }

    /// <summary>Destroys values for good; that they were stays. What is destroyed already, or never was, is passed over.</summary>
    /// <returns>How many there were to destroy.</returns>
    public static Task<int> DestroySecrets(this WorkspaceStore store, IReadOnlyCollection<(string Name, int Version)> versions, DateTimeOffset at, CancellationToken stop = default) =>
        store.One(DestroySql, r => r.GetInt32(0), stop, [.. Listed(versions), new() { Value = at.UtcDateTime }]);

    internal static NpgsqlParameter[] Listed(IReadOnlyCollection<(string Name, int Version)> versions) =>
    [
        new() { Value = versions.Select(v => v.Name).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
        new() { Value = versions.Select(v => v.Version).ToArray() },
    ];

    private static async Task<T> One<T>(this WorkspaceStore store, string sql, Func<NpgsqlDataReader, T> read, CancellationToken stop, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, command);
        return await session.Read(async reader =>
        {
            await reader.ReadAsync(stop).ConfigureAwait(false);
            var answer = read(reader);
            // To the end of the results: an error of the commit comes after them.
            await reader.NextResultAsync(stop).ConfigureAwait(false);
            return answer;
        }, stop).ConfigureAwait(false);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new DateTimeOffset(reader.GetDateTime(ordinal), TimeSpan.Zero);
}
