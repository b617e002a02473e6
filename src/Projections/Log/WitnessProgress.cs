using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Projections.Log;

/// <summary>Which checkpoint a witness has.</summary>
/// <param name="Pushed">Its size; 0: none.</param>
/// <param name="Failures">How often in a row it could not be given the next.</param>
public sealed record WitnessProgress(long Pushed, DateTimeOffset? PushedAt, int Failures, string? LastError, DateTimeOffset? FailedAt)
{
    /// <summary>Of every witness that a workspace has or had, by its address.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<Dictionary<string, WitnessProgress>> Of(WorkspaceStore store, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(
            "select w.witness, w.pushed, w.pushed_at, w.failures, w.last_error, w.failed_at from eventmesh.log_witnesses w where w.tenant_id = $1") { Parameters = { new() { Value = store.Workspace } } });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var all = new Dictionary<string, WitnessProgress>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
            all.Add(reader.GetString(0), new(reader.GetInt64(1), At(reader, 2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetString(4), At(reader, 5)));
        return all;

        static DateTimeOffset? At(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new(reader.GetDateTime(ordinal), TimeSpan.Zero);
    }
}
