using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

public static class ReadPayloadsVerb
{
    private const string Sql = """
        select a.ord, p.body from unnest($1, $2, $3) with ordinality as a(tenant_id, id, day, ord)
        join eventmesh.payloads p on p.tenant_id = a.tenant_id and p.id = a.id and p.day = a.day
        """;

    /// <summary>Bodies named by events of the feed, in their order; null where one has expired.</summary>
    public static async Task<byte[]?[]> ReadPayloads(this Store store, IReadOnlyList<(string Workspace, string Id, DateOnly Day)> named, CancellationToken stop = default)
    {
        var bodies = new byte[]?[named.Count];
        if (bodies.Length == 0) return bodies;
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = named.Select(n => n.Workspace).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = named.Select(n => n.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = named.Select(n => n.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) bodies[reader.GetInt64(0) - 1] = reader.GetFieldValue<byte[]>(1);
            return bodies;
        }).ConfigureAwait(false);
    }
}
