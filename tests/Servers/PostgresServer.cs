using Npgsql;

namespace EventMesh.Tests.Servers;

/// <summary>
/// A PostgreSQL of its own for a test: fresh, on 127.0.0.1, with fsync on. It is deleted when it is disposed of, or within a second after the test process
/// has ended, however it ended.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(Start);
    private readonly string directory;

    private PostgresServer(string directory, string connectionString)
    {
        this.directory = directory;
        ConnectionString = connectionString;
    }

    /// <summary>One server for all tests of this process that do not stop it; use a database of your own in it.</summary>
    public static Task<PostgresServer> Shared => SharedServer.Value;

    /// <summary>For Npgsql: the superuser, in the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    public static async Task<PostgresServer> Start()
    {
        var directory = Script.TemporaryDirectory("postgres");
        var connection = await Script.Run("postgres", "start", directory, "--for", $"{Environment.ProcessId}", "--temporary");
        return new(directory, new NpgsqlConnectionStringBuilder(connection) { Database = "postgres" }.ToString());
    }

    /// <summary>Makes an empty database; its name begins with <paramref name="name"/> and is not taken.</summary>
    /// <returns>The connection string of the superuser in it.</returns>
    public async Task<string> CreateDatabase(string name)
    {
        var database = $"{name}_{Guid.NewGuid():N}"[..Math.Min(63, name.Length + 13)];
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"""CREATE DATABASE "{database}" """, connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database }.ToString();
    }

    /// <summary>SIGKILL to all of its processes at once; returns when they are gone.</summary>
    public Task Kill() => Script.Run("postgres", "kill", directory);

    /// <summary>Starts it on the same data and port; returns when it has recovered and answers.</summary>
    public Task StartAgain() => Script.Run("postgres", "start", directory, "--for", $"{Environment.ProcessId}", "--temporary");

    /// <summary>A base backup into a folder of its own; from then on its log is archived there, too.</summary>
    public Task Backup() => Script.Run("postgres", "backup", directory, "--folder", directory + "/backups");

    /// <summary>Goes back to a moment; for a server that does not run. It is not started.</summary>
    public Task Restore(DateTimeOffset to) => Script.Run("postgres", "restore", directory, "--folder", directory + "/backups", "--to", to.ToString("O"));

    public async ValueTask DisposeAsync()
    {
        await BeforeDeletion.OfServer(directory);
        await Script.Run("postgres", "delete", directory);
    }
}
