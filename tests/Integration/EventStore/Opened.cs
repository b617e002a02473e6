using System.Text;
using EventMesh.Domain.Encryption;
using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using EventMesh.Tests.Servers;
using Npgsql;

namespace EventMesh.Tests.Integration.EventStore;

/// <summary>A store in a database of its own, and a way past it: plain SQL as the superuser, or under one of the store's roles.</summary>
public sealed class Opened : IAsyncDisposable
{
    public static readonly EventMetadata Now = new(new(2026, 11, 21, 8, 30, 0, TimeSpan.Zero), "key_1");

    private Opened(string database, Store store) => (Database, Store) = (database, store);

    public string Database { get; }
    public Store Store { get; }

    /// <param name="masterKeys">Null: nothing is sealed.</param>
    public static async Task<Opened> New(string name, int lanes = 2, IMasterKeys? masterKeys = null, bool tells = false)
    {
        var database = await Migrated.Database(name);
        return await On(database, lanes, masterKeys, tells);
    }

    /// <summary>Another store in a database that there is.</summary>
    /// <param name="tells">Whether it knows the domain's events and tells of the data keys it makes.</param>
    public static async Task<Opened> On(string database, int lanes = 2, IMasterKeys? masterKeys = null, bool tells = false) =>
        new(database, await Store.Open(
            new StoreOptions(database, lanes, MasterKeys: masterKeys, DataKeyCreated: tells ? (number, masterKey, at) => new DataKeysEvent.DataKeyCreated(number, masterKey, at) : null),
            tells ? ConfigurationEvents.All : EventTypes.Of()));

    public static NewEvent Event(string data = "{}", string type = "thing_happened") => new(type, "Things.Happened, Things", Encoding.UTF8.GetBytes(data));

    public static NewEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(i => Event($$"""{"n":{{i}}}"""))];

    public Task<Position> Append(string workspace, string stream, long expected, params NewEvent[] events) =>
        Store.For(workspace).Append(stream, "thing", expected, events, Now);

    public Append Prepare(string workspace, string stream, long expected, params NewEvent[] events) =>
        Store.For(workspace).Prepare(stream, "thing", expected, events, Now);

    /// <summary>Everything that was committed before this call. Transactions of other tests on the same server hold it back for as long as they take.</summary>
    public async Task<List<StoredEvent>> Feed(int page = 500)
    {
        await CatchUp();
        var events = new List<StoredEvent>();
        for (var at = Position.Start; ;)
        {
            var read = await Store.ReadFeed(at, page);
            events.AddRange(read.Events);
            at = read.UpTo;
            if (!read.Full) return events;
        }
    }

    /// <summary>Returns when feeds can read what was committed before this call.</summary>
    public Task CatchUp() => CatchUp(Database);

    /// <inheritdoc cref="CatchUp()"/>
    public static async Task CatchUp(string database)
    {
        await using var direct = new NpgsqlConnection(database);
        await direct.OpenAsync();
        var now = (string)(await Ask(direct, "select pg_snapshot_xmax(pg_current_snapshot())::text"))!;
        await Eventually.True(
            async () => await Ask(direct, "select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8", now) is true,
            TimeSpan.FromSeconds(60), "older transactions of the server to end");
    }

    /// <summary>A connection past the store.</summary>
    /// <param name="role">Null for the superuser.</param>
    /// <param name="workspace">The workspace that its session is of.</param>
    public async Task<NpgsqlConnection> Connect(string? role = null, string? workspace = null)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        if (role is not null) await Run(connection, $"set role {role}");
        if (workspace is not null) await Run(connection, $"set app.tenant_id = '{workspace}'");
        return connection;
    }

    public static async Task<int> Run(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<object?> Ask(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
