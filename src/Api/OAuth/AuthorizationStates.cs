using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Api.OAuth;

/// <summary>Authorizations under way, by the digest of their state. Each is read once: reading it takes it away.</summary>
public sealed class AuthorizationStates(Store store)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    private const string KeepSql = """
        insert into eventmesh.oauth_states (tenant_id, sha256, connection_id, provider, actor, session_id, sealed, expires_at) values ($1, $2, $3, $4, $5, $6, $7, now() + $8)
        """;

    private const string TakeSql = "select tenant, connection, of_provider, asked_by, session, sealed_value from eventmesh.take_oauth_state($1)";

    /// <returns>The state, for the provider's URL.</returns>
    public async Task<string> Keep(AskedAuthorization asked, CancellationToken stop)
    {
        var state = OneTimeText.New();
        var digest = OneTimeText.Sha256(state)!;
        await store.For(asked.Workspace).StoreSealed(NameOf(digest), asked.Asked.ToBytes(), bytes => Insert(asked, digest, bytes, stop), stop).ConfigureAwait(false);
        return state;
    }

    private async Task<bool> Insert(AskedAuthorization asked, string digest, byte[] bytes, CancellationToken stop)
    {
        await using var session = await store.For(asked.Workspace).Session(stop).ConfigureAwait(false);
        session.Add(asked.Workspace, new NpgsqlBatchCommand(KeepSql)
        {
            Parameters =
            {
                new() { Value = asked.Workspace }, new() { Value = digest }, new() { Value = asked.Connection }, new() { Value = asked.Provider }, new() { Value = asked.By },
                new() { Value = (object?)asked.Session ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar }, new() { Value = bytes }, new() { Value = Lasts },
            },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        // To the end of the results: an error of the commit comes after them.
        while (await reader.NextResultAsync(stop).ConfigureAwait(false)) { }
        return true;
    }

    /// <summary>Null when nobody was sent away with it, when it was used, and when it is late: one answer for all three.</summary>
    public async Task<AskedAuthorization?> Take(string? state, CancellationToken stop)
    {
        if (OneTimeText.Sha256(state) is not { } digest) return null;
        (string Workspace, string Connection, string Provider, string By, string? Session, byte[] Sealed) found;
        await using (var command = store.Feed.CreateCommand(TakeSql))
        {
            command.Parameters.Add(new() { Value = digest });
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            if (!await reader.ReadAsync(stop).ConfigureAwait(false)) return null;
            found = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetFieldValue<byte[]>(5));
        }
        var details = AskedAuthorization.Details.FromBytes(await store.For(found.Workspace).Unseal(NameOf(digest), found.Sealed, stop).ConfigureAwait(false));
        return new(found.Workspace, found.Connection, found.Provider, found.By, found.Session, details);
    }

    private static string NameOf(string digest) => "oauth-states/" + digest;
}
