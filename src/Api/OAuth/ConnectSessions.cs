using EventMesh.Domain.OAuth;
using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Api.OAuth;

/// <summary>A link that is open now.</summary>
public sealed record OpenSession(string Workspace, string Id, string Connection, IReadOnlyList<string> Scopes, string? ReturnTo, string CreatedBy);

/// <summary>Links by which somebody without a key connects one connection. The link's token opens its page and nothing under /v1.</summary>
public sealed class ConnectSessions(Store store)
{
    private const string CreateSql = """
        insert into eventmesh.connect_sessions (tenant_id, session_id, sha256, connection_id, created_by, scopes, return_to, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string FindSql = "select tenant, session, connection, of_scopes, returns_to, made_by from eventmesh.find_connect_session($1)";

    private const string UseSql = "update eventmesh.connect_sessions set used_at = now() where session_id = $1 and used_at is null";

    /// <returns>The link's token.</returns>
    public async Task<string> Create(string workspace, string id, ConnectSessionCommand.CreateSession command, string? returnTo, EventMetadata metadata, CancellationToken stop)
    {
        var token = OneTimeText.New();
        // The row first: a crash in between leaves a link that nobody was given.
        await Write(workspace, new NpgsqlBatchCommand(CreateSql)
        {
            Parameters =
            {
                new() { Value = workspace }, new() { Value = id }, new() { Value = OneTimeText.Sha256(token)! }, new() { Value = command.Connection }, new() { Value = metadata.Actor ?? "eventmesh" },
                new() { Value = command.Scopes.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Varchar },
                new() { Value = (object?)returnTo ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar }, new() { Value = command.ExpiresAt.UtcDateTime },
            },
        }, stop);
        await Decide(workspace, id, command, metadata, stop);
        return token;
    }

    /// <summary>Null when there is none, when it has connected already, and when it is late: one answer for all three.</summary>
    public async Task<OpenSession?> Find(string? token, CancellationToken stop)
    {
        if (OneTimeText.Sha256(token) is not { } digest) return null;
        await using var command = store.Feed.CreateCommand(FindSql);
        command.Parameters.Add(new() { Value = digest });
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5))
            : null;
    }

    /// <summary>It connects now, once.</summary>
    /// <exception cref="Domain.Refused">It has connected already.</exception>
    public async Task Use(string workspace, string id, EventMetadata metadata, CancellationToken stop)
    {
        await Decide(workspace, id, new ConnectSessionCommand.UseSession(metadata.At), metadata, stop);
        await Write(workspace, new NpgsqlBatchCommand(UseSql) { Parameters = { new() { Value = id } } }, stop);
    }

    private Task Decide(string workspace, string id, ConnectSessionCommand command, EventMetadata metadata, CancellationToken stop) =>
        store.For(workspace).Decide<ConnectSession, ConnectSessionEvent>(id, "connect_session", ConnectSession.Initial, ConnectSession.Evolve, s => ConnectSessionDecider.Decide(command, s), metadata, null, stop);

    private async Task Write(string workspace, NpgsqlBatchCommand command, CancellationToken stop)
    {
        await using var session = await store.For(workspace).Session(stop);
        session.Add(workspace, command);
        await using var reader = await session.Run(stop);
        // To the end of the results: an error of the commit comes after them.
        while (await reader.NextResultAsync(stop)) { }
    }
}
