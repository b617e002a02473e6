using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.OAuth;

/// <summary>The table of tokens. All but the look for what is due runs in a session of the workspace.</summary>
public sealed class TokenTable(Store store)
{
    private const string Columns = "provider, generation, sealed, authorized_at, expires_at, due_at, ended, failures, failing_since";

    private const string SaveSql = """
        insert into eventmesh.oauth_tokens as t (tenant_id, connection_id, provider, generation, sealed, authorized_at, expires_at, due_at) values ($1, $2, $3, 1, $4, $5, $6, $7)
        on conflict (tenant_id, connection_id) do update set provider = excluded.provider, generation = t.generation + 1, sealed = excluded.sealed, authorized_at = excluded.authorized_at,
          expires_at = excluded.expires_at, due_at = excluded.due_at, ended = false, failures = 0, failing_since = null, claimed_until = null
        """;

    private const string ReadSql = $"select {Columns} from eventmesh.oauth_tokens where connection_id = $1";

    private const string ClaimSql = $"""
        update eventmesh.oauth_tokens set claimed_until = now() + $3 where connection_id = $1 and generation = $2 and (claimed_until is null or claimed_until <= now())
        returning {Columns}
        """;

    private const string ClaimDueSql = """
        update eventmesh.oauth_tokens t set claimed_until = now() + $3
        from (select tenant_id, connection_id from eventmesh.oauth_tokens where due_at <= $1 and (claimed_until is null or claimed_until <= now()) order by due_at limit $2 for update skip locked) due
        where t.tenant_id = due.tenant_id and t.connection_id = due.connection_id returning t.tenant_id, t.connection_id, t.generation
        """;

    private const string RenewSql = """
        update eventmesh.oauth_tokens set generation = generation + 1, sealed = $3, expires_at = $4, due_at = $5, failures = 0, failing_since = null, claimed_until = null
        where connection_id = $1 and generation = $2 and not ended
        """;

    private const string PostponeSql = """
        update eventmesh.oauth_tokens set due_at = $3, failures = failures + 1, failing_since = coalesce(failing_since, $4), claimed_until = null where connection_id = $1 and generation = $2
        """;

    private const string RestSql = "update eventmesh.oauth_tokens set due_at = null, claimed_until = null where connection_id = $1 and generation = $2 and not ended";

    private const string EndSql = """
        update eventmesh.oauth_tokens set ended = true, due_at = now(), failures = 0, failing_since = null where connection_id = $1 and authorized_at < $2 and not ended
        """;

    private const string DestroySql = "delete from eventmesh.oauth_tokens where connection_id = $1 and generation = $2 and ended";

    /// <summary>The name under which a connection's tokens are sealed.</summary>
    public static string NameOf(string connection) => $"connections/{connection}/oauth";

    /// <summary>Keeps the tokens of a new authorization in place of what was there.</summary>
    public Task Save(string workspace, string connection, string provider, SealedTokens tokens, DateTimeOffset at, CancellationToken stop) =>
        store.For(workspace).StoreSealed(NameOf(connection), tokens.ToBytes(), bytes => Write(workspace, SaveSql, stop,
            new() { Value = workspace }, new() { Value = connection }, new() { Value = provider }, new() { Value = bytes }, Time(at), Time(tokens.Tokens.ExpiresAt), Time(tokens.Tokens.RefreshAt)), stop);

    /// <summary>Null when there are none.</summary>
    public Task<HeldTokens?> Read(string workspace, string connection, CancellationToken stop) => One(workspace, connection, ReadSql, stop, new NpgsqlParameter { Value = connection });

    /// <summary>Takes the right to renew or give back these very tokens; who has it by then, has it for <paramref name="lasts"/>.</summary>
    /// <returns>Null when somebody else has it, or the tokens are others by now.</returns>
    public Task<HeldTokens?> Claim(string workspace, string connection, long generation, TimeSpan lasts, CancellationToken stop) =>
        One(workspace, connection, ClaimSql, stop, new() { Value = connection }, new() { Value = generation }, new() { Value = lasts });

    /// <summary>Takes what is due, in all workspaces.</summary>
    public async Task<IReadOnlyList<(string Workspace, string Connection, long Generation)>> ClaimDue(DateTimeOffset now, int max, TimeSpan lasts, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(ClaimDueSql);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(new() { Value = max });
        command.Parameters.Add(new() { Value = lasts });
        try
        {
            var due = new List<(string, string, long)>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) due.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
            return due;
        }
        catch (NpgsqlException failure) when (failure is not PostgresException)
        {
            throw new StoreUnavailable(failure);
        }
    }

    /// <summary>The next set takes the place of <paramref name="before"/>. When this returns true it is on disk, and only then may it be used.</summary>
    public async Task<bool> Renew(HeldTokens before, SealedTokens tokens, CancellationToken stop) =>
        await store.For(before.Workspace).StoreSealed(NameOf(before.Connection), tokens.ToBytes(), bytes => Write(before.Workspace, RenewSql, stop,
            new() { Value = before.Connection }, new() { Value = before.Generation }, new() { Value = bytes }, Time(tokens.Tokens.ExpiresAt), Time(tokens.Tokens.RefreshAt)), stop).ConfigureAwait(false) > 0;

    /// <summary>It failed, and is due again at <paramref name="dueAt"/>.</summary>
    public Task Postpone(HeldTokens held, DateTimeOffset dueAt, DateTimeOffset now, CancellationToken stop) =>
        Write(held.Workspace, PostponeSql, stop, new() { Value = held.Connection }, new() { Value = held.Generation }, Time(dueAt), Time(now));

    /// <summary>Nothing is due any more until somebody authorizes anew.</summary>
    /// <returns>False when somebody has.</returns>
    public async Task<bool> Rest(HeldTokens held, CancellationToken stop) =>
        await Write(held.Workspace, RestSql, stop, new() { Value = held.Connection }, new() { Value = held.Generation }).ConfigureAwait(false) > 0;

    /// <summary>Tokens of before a moment are used no more.</summary>
    public Task<int> End(string workspace, string connection, DateTimeOffset before, CancellationToken stop) => Write(workspace, EndSql, stop, new() { Value = connection }, Time(before));

    public Task<int> Destroy(HeldTokens held, CancellationToken stop) => Write(held.Workspace, DestroySql, stop, new() { Value = held.Connection }, new() { Value = held.Generation });

    private async Task<int> Write(string workspace, string sql, CancellationToken stop, params NpgsqlParameter[] parameters)
    {
        await using var session = await store.For(workspace).Session(stop).ConfigureAwait(false);
        session.Add(workspace, Command(sql, parameters));
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        // To the end of the results: an error of the commit comes after them.
        while (await reader.NextResultAsync(stop).ConfigureAwait(false)) { }
        await reader.CloseAsync().ConfigureAwait(false);
        return Math.Max(reader.RecordsAffected, 0);
    }

    private async Task<HeldTokens?> One(string workspace, string connection, string sql, CancellationToken stop, params NpgsqlParameter[] parameters)
    {
        (byte[] Sealed, HeldTokens Held)? found = null;
        await using (var session = await store.For(workspace).Session(stop).ConfigureAwait(false))
        {
            session.Add(workspace, Command(sql, parameters));
            await using var reader = await session.Run(stop).ConfigureAwait(false);
            await reader.NextResultAsync(stop).ConfigureAwait(false);
            if (await reader.ReadAsync(stop).ConfigureAwait(false))
                found = (reader.GetFieldValue<byte[]>(2), new(workspace, connection, reader.GetString(0), reader.GetInt64(1), null!, reader.GetFieldValue<DateTimeOffset>(3),
                    At(reader, 4), At(reader, 5), reader.GetBoolean(6), reader.GetInt32(7), At(reader, 8)));
            while (await reader.NextResultAsync(stop).ConfigureAwait(false)) { }
        }
        return found is var (bytes, held) ? held with { Sealed = SealedTokens.FromBytes(await store.For(workspace).Unseal(NameOf(connection), bytes, stop).ConfigureAwait(false)) } : null;
    }

    private static NpgsqlBatchCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = at is { } time ? time.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
