using System.Text;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using EventMesh.Projections.Running;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventMesh.Tests.Integration.Log;

/// <summary>A database of one test with the event store and the log, and the log that it should have, made the plain way.</summary>
internal sealed class LogDatabase : IAsyncDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, 123, TimeSpan.Zero);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);
    private readonly NpgsqlDataSource admin;

    private LogDatabase(Store store, StoreOptions options) => (Store, Options, admin) = (store, options, NpgsqlDataSource.Create(options.ConnectionString));

    public Store Store { get; }
    public StoreOptions Options { get; }

    public static async Task<LogDatabase> Create()
    {
        var options = new StoreOptions(await Migrated.Database("log", Migrated.Projections));
        return new(await Open(options), options);
    }

    /// <summary>Another node on a database.</summary>
    public static Task<Store> Open(StoreOptions options) => Store.Open(options, ConfigurationEvents.All, Migrated.Projections);

    /// <summary>Events of a workspace, five to a stream, with what JSON has in store.</summary>
    public async Task Write(string workspace, int events, string begin = "s")
    {
        var store = Store.For(workspace);
        for (var n = 0; n < events; n += 500)
        {
            await Store.AppendTogether([.. Enumerable.Range(0, Math.Min(500, events - n)).Chunk(5).Select(five => store.Prepare($"{begin}-{(n + five[0]) / 5}", "thing", 0,
                [.. five.Select(i => new NewEvent("thing_happened", i % 2 == 0 ? "Things.Happened" : null, Encoding.UTF8.GetBytes($$"""{"z":{{n + i}}.10,"a":["ä\n",null,true],"é":{"b":1,"a":-0.0} }""")))],
                new(At.AddSeconds(n), "key_1", i(five[0]), null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))]);
        }

        static string? i(int n) => n % 3 == 0 ? null : $"cor-{n}";
    }

    /// <summary>One event in each of many workspaces, in one transaction.</summary>
    public Task WriteOneIn(IEnumerable<string> workspaces) =>
        Store.AppendTogether([.. workspaces.Select(w => Store.For(w).Prepare("s", "thing", 0, [new NewEvent("thing_happened", null, "{}"u8.ToArray())], new(At, "key_1")))]);

    /// <summary>Events of one stream with texts of these lengths in them.</summary>
    public Task WriteSizes(string workspace, IEnumerable<int> sizes) => Store.AppendTogether(
        [Store.For(workspace).Prepare("s", "thing", 0, [.. sizes.Select(size => new NewEvent("thing_happened", null, Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', size)}}"}""")))], new(At, "key_1"))]);

    /// <summary>Does what the database lets nobody do but its superuser.</summary>
    public Task Tamper(string sql) => Execute("set session_replication_role = replica; " + sql + "; reset session_replication_role");

    public Following Follow(int pageEvents = LogFollower.PageEvents, int workspacesMax = 1_500, Store? node = null) => new(new(node ?? Store, NullLogger<LogFollower>.Instance, pageEvents, workspacesMax));

    /// <summary>Waits until every event is a leaf.</summary>
    public Task CaughtUp() => Eventually.True(
        async () => await Scalar<bool>("select (select count(*) from public.mt_events) = (select coalesce(sum(size), 0) from eventmesh.log_state)"), Soon, "every event to be a leaf");

    /// <summary>The leaves that a workspace's log should have.</summary>
    public async Task<List<MerkleHash>> Leaves(string workspace)
    {
        var (canonical, leaves, after) = (new CanonicalEvent(), new List<MerkleHash>(), Position.Start);
        while (await Store.For(workspace).ReadWhole(after, 5_000) is { Count: > 0 } page)
        {
            leaves.AddRange(page.Select(whole => canonical.Leaf(StoredFields.Of(whole))));
            after = page[^1].Event.Position;
        }
        return leaves;
    }

    public async Task<LogState> State(string workspace) => (await LogHead.Read(Store.For(workspace)))!.State;

    /// <summary>Everything that is kept of logs, as text.</summary>
    public async Task<List<string>> Kept()
    {
        await using var command = admin.CreateCommand("select (s.*)::text from eventmesh.log_state s union all select (t.*)::text from eventmesh.log_tiles t order by 1");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    public async Task Execute(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await admin.DisposeAsync();
    }
}

/// <summary>A follower at work, until it is let go.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task ended;

    public Following(LogFollower follower) => ended = Task.Run(() => follower.Run(stop.Token));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ended.ContinueWith(_ => { }, TaskScheduler.Default);
        if (ended.IsFaulted) await ended;
        stop.Dispose();
    }
}
