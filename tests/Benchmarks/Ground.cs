using EventMesh.EventStore;
using EventMesh.Tests.Servers;
using Npgsql;

namespace EventMesh.Tests.Benchmarks;

/// <summary>The servers that benchmarks run on: started for the run, with fsync on, deleted after it.</summary>
internal sealed class Ground(PostgresServer postgres) : IAsyncDisposable
{
    public PostgresServer Postgres { get; } = postgres;

    public static async Task<Ground> Start() => new(await PostgresServer.Start());

    /// <summary>An empty store in a database of its own.</summary>
    /// <returns>The store, and the superuser's connection string to its database.</returns>
    public async Task<(Store Store, string Database)> NewStore(string name)
    {
        var database = await Postgres.CreateDatabase("bench_" + name);
        return (await Store.Open(new StoreOptions(database), EventTypes.Of()), database);
    }

    public static async Task<NpgsqlConnection> Connect(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();
}
