using System.Diagnostics;
using EventMesh.EventStore;
using EventMesh.EventStore.Migrations;
using EventMesh.Projections.Log;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>
/// What the Merkle log costs those who append, which is what its follower takes of the machine; and how fast the follower is over a history that is there, against COPY of the same rows.
/// Between two rounds the follower has time to catch up, so that it takes nothing of the round without it; that round's events are logged after it, so that both stores hold the same and
/// both kinds of round begin after the same rest.
/// </summary>
internal sealed class AppendLogged : IBenchmark
{
    private const int History = 200_000;
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public string Name => "append-logged";
    public string About => "one event to new streams, 1 and 32 callers, with the follower of the log running against without; and the follower over a history against COPY of its rows";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        foreach (var callers in (int[])[1, 32])
        {
            await using var logged = await Open(ground, $"logged_{callers}");
            await using var plain = await Open(ground, $"plain_{callers}");
            var (round, behind) = (0, new List<double>());
            var (ours, floor) = await Rounds.InTurns(11,
                async () =>
                {
                    await using var following = new Following(logged);
                    var perSecond = await Append(logged, callers, round++);
                    behind.Add(await Behind(logged));
                    await CaughtUp(logged);
                    return perSecond;
                },
                async () =>
                {
                    var perSecond = await Append(plain, callers, round);
                    await using var following = new Following(plain);
                    await CaughtUp(plain);
                    return perSecond;
                });
            print(new($"{Name}, {callers} caller{(callers > 1 ? "s" : "")}", ours, "events/s", floor, new(RatioAtLeast: 0.95), FormattableString.Invariant($"{Rounds.Median(behind):#,0} leaves behind at the end of a round")));
        }
        await Follow(ground, print, stop);
    }

    private static async Task Follow(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var store = await Open(ground, "history");
        for (var n = 0; n < History; n += 500)
            await store.AppendTogether([.. Enumerable.Range(n, 500).Select(i => store.For($"workspace-{i % 50}").Prepare($"evt_{i:x26}", "published_event", 0, [Sample.Event()], Sample.Now()))], stop);
        await Run(store, "vacuum analyze public.mt_events");
        var own = new List<double>();
        var (ours, floor) = await Rounds.InTurns(3,
            async () =>
            {
                await Run(store, "truncate eventmesh.log_tiles, eventmesh.log_state; delete from public.mt_event_progression where name = 'log'");
                var (running, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                await using var following = new Following(store);
                await Eventually.True(async () => await Leaves(store) == History, TimeSpan.FromMinutes(2), "the follower to take in the history");
                own.Add((Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / History);
                return History / running.Elapsed.TotalSeconds;
            },
            async () =>
            {
                await using var connection = await Ground.Connect(store.Database);
                var running = Stopwatch.StartNew();
                using var copy = await connection.BeginTextExportAsync("copy (select * from public.mt_events order by xid, seq_id) to stdout", stop);
                var (buffer, lines) = (new char[64 * 1024], 0);
                for (int read; (read = await copy.ReadAsync(buffer.AsMemory(), stop)) > 0;) lines += buffer.AsSpan(0, read).Count('\n');
                return lines == History ? History / running.Elapsed.TotalSeconds : throw new InvalidOperationException($"{lines} rows came.");
            });
        print(new("append-logged, a history", ours, "events/s", floor, new(AtLeast: 50_000), FormattableString.Invariant($"{History:#,0} events of 50 workspaces; {Rounds.Median(own):0.0} µs of processor each in this process, the database's not counted")));
    }

    private static async Task<double> Append(Opened store, int callers, int round)
    {
        var workspaces = Enumerable.Range(0, 16).Select(i => store.For($"workspace-{i}")).ToArray();
        // What is counted begins when the follower is as far behind as it is at the end.
        await Append(Begin, 'b');
        return await Append(Length, 'e');

        Task<double> Append(TimeSpan length, char part) =>
            Rounds.PerSecond(callers, length, (caller, n) => workspaces[caller % 16].Append($"{part}vt_{round:x4}{caller:x8}{n:x12}", "published_event", 0, [Sample.Event()], Sample.Now()));
    }

    private static Task CaughtUp(Opened store) => Eventually.True(async () => await Behind(store) == 0, TimeSpan.FromMinutes(2), "the follower to catch up");

    private static async Task<double> Behind(Opened store) => await Ask(store, "select count(*)::double precision from public.mt_events") - await Leaves(store);

    private static Task<double> Leaves(Opened store) => Ask(store, "select coalesce(sum(size), 0)::double precision from eventmesh.log_state");

    private static async Task<double> Ask(Opened store, string sql)
    {
        await using var connection = await Ground.Connect(store.Database);
        await using var command = new NpgsqlCommand(sql, connection);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Run(Opened store, string sql)
    {
        await using var connection = await Ground.Connect(store.Database);
        await Ground.Run(connection, sql);
    }

    private static async Task<Opened> Open(Ground ground, string name)
    {
        var database = await ground.Postgres.CreateDatabase("bench_" + name);
        return new(await Store.Open(new StoreOptions(database), EventTypes.Of(), Migration.In(typeof(LogFollower).Assembly, "projections")), database);
    }

    private sealed record Opened(Store Store, string Database) : IAsyncDisposable
    {
        public WorkspaceStore For(string workspace) => Store.For(workspace);
        public Task AppendTogether(IReadOnlyList<EventMesh.EventStore.Appending.Append> appends, CancellationToken stop) => Store.AppendTogether(appends, stop);
        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }

    private sealed class Following : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task ended;

        public Following(Opened store) => ended = Task.Run(() => new LogFollower(store.Store, NullLogger<LogFollower>.Instance).Run(stop.Token));

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await ended.ContinueWith(_ => { }, TaskScheduler.Default);
            stop.Dispose();
        }
    }
}
