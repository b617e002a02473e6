using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Delivery;

/// <summary>Statements on the tables that delivering keeps beside the log; each is a transaction of its own, done or not done.</summary>
internal static class FeedTable
{
    // The server went away or is going (57P), or two nodes met on the same rows and this one gave way (40P01): nothing was changed, and the next try may succeed.
    public static bool MayPass(NpgsqlException failure) =>
        failure is not PostgresException refusal || refusal.SqlState == PostgresErrorCodes.DeadlockDetected || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal);

    /// <returns>How many rows were changed.</returns>
    /// <exception cref="StoreUnavailable">It may be done or not.</exception>
    public static Task<int> Run(NpgsqlCommand command, CancellationToken stop) => Ask(() => command.ExecuteNonQueryAsync(stop));

    /// <exception cref="StoreUnavailable">It may be done or not.</exception>
    public static Task<List<T>> Read<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken stop) => Ask(async () =>
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) rows.Add(row(reader));
        return rows;
    });

    private static async Task<T> Ask<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (MayPass(failure))
        {
            throw new StoreUnavailable(failure);
        }
    }
}
