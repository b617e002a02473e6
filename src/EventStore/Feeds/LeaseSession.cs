using System.Data;
using Npgsql;

namespace EventMesh.EventStore.Feeds;

/// <summary>
/// Rights to carry out pieces of work, each held by one process at a time: advisory locks of one session, however many they are. As with <see cref="FeedLease"/>,
/// what is written down about the work goes through the same session, so whoever has lost it cannot write any more, and what a dead process held is free as soon as
/// PostgreSQL sees its session gone.
/// </summary>
public sealed class LeaseSession : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly SemaphoreSlim turn = new(1);

    private LeaseSession(NpgsqlConnection connection) => this.connection = connection;

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<LeaseSession> Open(Store store, CancellationToken stop) => new(await Database.Open(store.Leases, stop).ConfigureAwait(false));

    /// <summary>Takes a lease unless another process holds it.</summary>
    /// <param name="name">Of the work, the same on every node.</param>
    /// <exception cref="StoreUnavailable">The session has ended, and every lease with it.</exception>
    public Task<bool> TryTake(string name, CancellationToken stop) => Ask(
        "select pg_try_advisory_lock(hashtextextended($1, 0))", [new() { Value = name }], async command => await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true, stop);

    public Task GiveBack(string name, CancellationToken stop) => Ask(
        "select pg_advisory_unlock(hashtextextended($1, 0))", [new() { Value = name }], command => command.ExecuteScalarAsync(stop), stop);

    /// <summary>Runs one statement, for somebody who holds a lease.</summary>
    /// <exception cref="StoreUnavailable">The session has ended, and every lease with it.</exception>
    public async Task<T> Ask<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlCommand, Task<T>> run, CancellationToken stop)
    {
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (connection.FullState == ConnectionState.Broken || connection.State != ConnectionState.Open) throw new StoreUnavailable(new LeaseLost("this session"));
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(parameters);
            return await Database.Ask(() => run(command)).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }
}
