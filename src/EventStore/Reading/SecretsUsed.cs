using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

public static class SecretsUsedVerb
{
    private const string Sql = "select eventmesh.secrets_used($1, $2, $3)";

    /// <summary>Notes when versions were used last: in one transaction for all workspaces, each through its own session's eyes. An earlier time changes nothing.</summary>
    public static async Task SecretsUsed(this Store store, IReadOnlyCollection<(string Workspace, string Name, int Version, DateTimeOffset At)> used, CancellationToken stop = default)
    {
        if (used.Count == 0) return;
        await using var session = await TenantSession.Open(store.Tenant, stop).ConfigureAwait(false);
        // In one order on every node, so that none waits for another that waits for it.
        foreach (var workspace in used.GroupBy(u => u.Workspace, StringComparer.Ordinal).OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            var command = new NpgsqlBatchCommand(Sql);
            foreach (var listed in SecretVersionVerbs.Listed([.. workspace.Select(u => (u.Name, u.Version))])) command.Parameters.Add(listed);
            command.Parameters.Add(new() { Value = workspace.Select(u => u.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            session.Add(workspace.Key, command);
        }
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        // To the end of the results: an error of the commit comes after them.
        while (await reader.NextResultAsync(stop).ConfigureAwait(false)) { }
    }
}
