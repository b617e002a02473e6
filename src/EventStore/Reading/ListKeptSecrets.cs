using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>A value that is kept: which, and since when.</summary>
public sealed record KeptSecret(string Workspace, string Name, int Version, DateTimeOffset CreatedAt);

public static class ListKeptSecretsVerb
{
    private const string Sql = """
        select tenant_id, name, version, created_at from eventmesh.secrets
        where destroyed_at is null and (tenant_id, name, version) > ($1, $2, $3) order by tenant_id, name, version limit $4
        """;

    /// <summary>The values that are kept in all workspaces, a page at a time, for whoever looks for those that are over; the values themselves this role cannot read.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    public static async Task<IReadOnlyList<KeptSecret>> ListKeptSecrets(this Store store, KeptSecret? after, int limit, CancellationToken stop = default)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = after?.Workspace ?? "" }, new() { Value = after?.Name ?? "" }, new() { Value = after?.Version ?? 0 }, new() { Value = limit } },
        };
        return await Database.Ask(async () =>
        {
            var found = new List<KeptSecret>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
                found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), new(reader.GetDateTime(3), TimeSpan.Zero)));
            return found;
        }).ConfigureAwait(false);
    }
}
