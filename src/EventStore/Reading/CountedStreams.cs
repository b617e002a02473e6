using Npgsql;

namespace EventMesh.EventStore.Reading;

public static class CountedStreamsVerb
{
    // A lock of the session, not of the transaction: what is appended meanwhile goes through another session, and an open transaction would wait for it.
    private const string LockSql = "select pg_advisory_lock(hashtextextended($1, 0))";
    private const string UnlockSql = "select pg_advisory_unlock(hashtextextended($1, 0))";

    private const string CountSql = """
        select count(*) from public.mt_streams s where s.id > $1 and s.id < $2 and not exists (
          select from public.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id and e.type = $3)
        """;

    // Each holds a session while it appends; readers need the others.
    private static readonly SemaphoreSlim AtOnce = new(4);

    /// <summary>
    /// Counts the streams whose id begins with <paramref name="prefix"/> and that have not ended, and does something with the number, while nobody else of this
    /// workspace on any node counts the same: what is appended on the strength of the number, it is still true of.
    /// </summary>
    /// <param name="ended">Stored name of the event that ends such a stream.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<T> Counted<T>(this WorkspaceStore store, string prefix, string ended, Func<long, Task<T>> act, CancellationToken stop = default)
    {
        await AtOnce.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await using var connection = await Database.Open(store.Store.Tenant, stop).ConfigureAwait(false);
            var name = $"count:{store.Workspace}:{prefix}";
            await Database.Ask(() => Run(connection, LockSql, name, stop)).ConfigureAwait(false);
            try
            {
                var count = await Database.Ask(() => Count(connection, store.Workspace, prefix, ended, stop)).ConfigureAwait(false);
                return await act(count).ConfigureAwait(false);
            }
            finally
            {
                await Unlock(connection, name).ConfigureAwait(false);
            }
        }
        finally
        {
            AtOnce.Release();
        }
    }

    private static async Task<long> Count(NpgsqlConnection connection, string workspace, string prefix, string ended, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = workspace } } });
        batch.BatchCommands.Add(new(CountSql) { Parameters = { new() { Value = prefix }, new() { Value = prefix + "\uffff" }, new() { Value = ended } } });
        await using var reader = await batch.ExecuteReaderAsync(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        await reader.ReadAsync(stop).ConfigureAwait(false);
        return reader.GetInt64(0);
    }

    private static async Task Unlock(NpgsqlConnection connection, string name)
    {
        try
        {
            await Run(connection, UnlockSql, name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (Database.IsDown(failure))
        {
            // The session has ended, and the lock with it; what was done under it is done.
        }
    }

    private static async Task<bool> Run(NpgsqlConnection connection, string sql, string name, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        return true;
    }
}
