using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Health;

/// <summary>How a connection has fared.</summary>
/// <param name="FailingSince">The first of its failures since it last succeeded or was enabled; null when there is none.</param>
/// <param name="LastSuccessAt">To the minute.</param>
public sealed record ConnectionHealth(DateTimeOffset? FailingSince, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt)
{
    private const string Sql = "select h.connection_id, h.failing_since, h.last_success_at, h.last_failure_at from eventmesh.connection_health h where h.connection_id = any($1)";

    /// <summary>Of those connections of a workspace that were ever sent to.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, ConnectionHealth>> Of(WorkspaceStore store, IEnumerable<string> connections, CancellationToken stop = default)
    {
        var found = new Dictionary<string, ConnectionHealth>(StringComparer.Ordinal);
        string[] asked = [.. connections];
        if (asked.Length == 0) return found;
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Sql) { Parameters = { new() { Value = asked, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } } });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) found[reader.GetString(0)] = new(Time(1), Time(2), Time(3));
        return found;

        DateTimeOffset? Time(int ordinal) => reader.IsDBNull(ordinal) ? null : new DateTimeOffset(reader.GetDateTime(ordinal), TimeSpan.Zero);
    }
}
