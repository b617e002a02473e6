using System.Collections.Concurrent;
using Npgsql;

namespace EventMesh.Tests.Servers;

/// <summary>
/// A PostgreSQL of its own for a test: fresh, on 127.0.0.1, with fsync on. It is deleted when it is disposed of, or within a second after the test process
/// has ended, however it ended.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(Start);
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> templates = new();
    private readonly string directory;

    private readonly int port;

    private PostgresServer(string directory, int port, string connectionString)
    {
        (this.directory, this.port) = (directory, port);
        ConnectionString = connectionString;
    }

    /// <summary>One server for all tests of this process that do not stop it; use a database of your own in it.</summary>
    public static Task<PostgresServer> Shared => SharedServer.Value;

    /// <summary>For Npgsql: the superuser, in the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    public static async Task<PostgresServer> Start()
    {
        var directory = Script.TemporaryDirectory("postgres");
        var port = Ports.Next();
        var server = new PostgresServer(directory, port, new NpgsqlConnectionStringBuilder(await Start(directory, port)) { Database = "postgres" }.ToString());
        await server.Answers();
        return server;
    }

    /// <summary>Makes an empty database; its name begins with <paramref name="name"/> and is not taken.</summary>
    /// <returns>The connection string of the superuser in it.</returns>
    public Task<string> CreateDatabase(string name) => Create(name, "template1");

    /// <summary>
    /// Makes a database like another of this server, which <paramref name="prepare"/> is given empty the first time that somebody asks for <paramref name="template"/>: for schemas,
    /// which take longer to make than to copy. It may leave no connection open.
    /// </summary>
    public async Task<string> CreateDatabase(string name, string template, Func<string, Task> prepare)
    {
        var prepared = await templates.GetOrAdd(template, _ => new(() => Prepare(template, prepare))).Value;
        return await Create(name, prepared);
    }

    private async Task<string> Prepare(string template, Func<string, Task> prepare)
    {
        var database = await Create(template, "template1");
        await prepare(database);
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        // Nobody may be connected to what is copied; a session that was closed may take a while to go.
        await Execute($"""ALTER DATABASE "{name}" ALLOW_CONNECTIONS false""");
        await Eventually.True(async () => await Execute($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'") is 0L, Eventually.Patience, $"nobody to be connected to {name}");
        return name;
    }

    private async Task<string> Create(string name, string template)
    {
        var database = $"{name}_{Guid.NewGuid():N}"[..Math.Min(63, name.Length + 13)];
        await Execute($"""CREATE DATABASE "{database}" TEMPLATE "{template}" """);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database }.ToString();
    }

    private async Task<object?> Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync();
    }

    /// <summary>SIGKILL to all of its processes at once; returns when they are gone.</summary>
    public Task Kill() => Script.Run("postgres", "kill", directory);

    /// <summary>Starts it on the same data and port; returns when it has recovered and answers.</summary>
    public async Task StartAgain()
    {
        await Start(directory, port);
        await Answers();
    }

    // The port is named each time: were it taken, the script would choose another, and whoever knows the first would wait for nobody.
    private static Task<string> Start(string directory, int port) => Script.Run("postgres", "start", directory, $"{port}", "--for", $"{Environment.ProcessId}", "--temporary");

    /// <summary>Asks until it answers, by a connection of its own each time.</summary>
    private async Task Answers()
    {
        await using var asking = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await Eventually.True(async () =>
        {
            try
            {
                await using var session = await asking.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, Eventually.Patience, $"PostgreSQL to answer, whose log is {directory}/log");
    }

    /// <summary>A base backup into <see cref="Backups"/>; from then on its log is archived there, too.</summary>
    /// <param name="keep">How many of the newest stay; null: all.</param>
    public Task Backup(int? keep = null) => Script.Run("postgres", ["backup", directory, "--folder", Backups, .. keep is null ? [] : new[] { "--keep", $"{keep}" }]);

    /// <summary>Where its backups go: <c>base</c> and <c>wal</c>.</summary>
    public string Backups => directory + "/backups";

    /// <summary>Goes back to a moment; for a server that does not run. It is not started.</summary>
    public Task Restore(DateTimeOffset to) => Script.Run("postgres", "restore", directory, "--folder", Backups, "--to", to.ToString("O"));

    public async ValueTask DisposeAsync()
    {
        await BeforeDeletion.OfServer(directory);
        await Script.Run("postgres", "delete", directory);
    }
}
