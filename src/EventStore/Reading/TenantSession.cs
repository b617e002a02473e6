using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>
/// Statements that run for one workspace: in one round trip and one transaction, under a role that row-level security binds, after
/// <c>app.tenant_id</c> is set to that workspace. A statement that forgets its filter sees nobody else's rows.
/// </summary>
public sealed class TenantSession : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlBatch batch;

    private TenantSession(NpgsqlConnection connection)
    {
        this.connection = connection;
        batch = new(connection);
    }

    internal static async ValueTask<TenantSession> Open(NpgsqlDataSource database, CancellationToken stop) =>
        new(await Database.Open(database, stop).ConfigureAwait(false));

    /// <summary>Adds the statements of a workspace; <see cref="Run"/> sends those of all workspaces together.</summary>
    public void Add(string workspace, params ReadOnlySpan<NpgsqlBatchCommand> statements)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = workspace } } });
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
    }

    /// <summary>Sends what was added. The reader stands on the first workspace's setting; each statement's rows follow by <c>NextResult</c>.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public Task<NpgsqlDataReader> Run(CancellationToken stop) => Database.Ask(() => batch.ExecuteReaderAsync(stop));

    /// <summary>Sends what was added and reads what comes after the first workspace's setting.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    internal Task<T> Read<T>(Func<NpgsqlDataReader, Task<T>> read, CancellationToken stop) => Database.Ask(async () =>
    {
        await using var reader = await batch.ExecuteReaderAsync(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await read(reader).ConfigureAwait(false);
    });

    public async ValueTask DisposeAsync()
    {
        await batch.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
