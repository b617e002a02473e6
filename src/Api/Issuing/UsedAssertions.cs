using System.Security.Cryptography;
using System.Text;
using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Api.Issuing;

/// <summary>Assertions that clients have proved themselves with, each good for one time on all nodes together (RFC 7523 §3, <c>jti</c>). Kept until they expire.</summary>
public sealed class UsedAssertions(Store store)
{
    private const string TakeSql = "insert into eventmesh.used_assertions (tenant_id, client_id, jti_sha256, expires_at) values ($1, $2, $3, $4) on conflict do nothing returning true";

    /// <returns>False when it was used before.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer: then nobody is let in.</exception>
    public async Task<bool> Take(string workspace, string client, string jti, DateTimeOffset expiresAt, CancellationToken stop)
    {
        await using var session = await store.For(workspace).Session(stop).ConfigureAwait(false);
        session.Add(workspace, new NpgsqlBatchCommand(TakeSql)
        {
            Parameters = { new() { Value = workspace }, new() { Value = client }, new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes(jti)) }, new() { Value = expiresAt.UtcDateTime } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Forgets those that have expired.</summary>
    public async Task Forget(DateTimeOffset before, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand("delete from eventmesh.used_assertions where expires_at < $1");
        command.Parameters.Add(new() { Value = before.UtcDateTime });
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
