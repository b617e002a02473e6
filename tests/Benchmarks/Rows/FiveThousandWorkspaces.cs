using System.Diagnostics;
using System.Globalization;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using EventMesh.Tests.Benchmarks.Delivering;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>
/// 5,000 workspaces of two rules on three processes and RabbitMQ: one is published to, routes and dispatches, two are workers. Traffic is spread by Zipf
/// (the n-th workspace publishes 1/n of what the first does); the floor is the same number of events of one workspace. They are made over HTTP, sixteen at a time.
/// </summary>
internal sealed class FiveThousandWorkspaces : IBenchmark
{
    private const int Workspaces = 5_000;
    private const int Events = 8_000;

    public string Name => "five-thousand";
    public string About => "5,000 workspaces on two workers with RabbitMQ: throughput against one workspace, memory, start, take-over";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var broker = await RabbitMqServer.Start();
        await using var load = await Load.Start(ground, broker.Uri, "api,fanout,dispatcher,projections");
        await using var one = await load.Another("worker");
        await using var other = await load.Another("worker");
        var names = Enumerable.Range(0, Workspaces).Select(n => $"ws-{n}").ToArray();
        var empty = (Edge: Megabytes(load.Node), Worker: Megabytes(one));

        var running = Stopwatch.StartNew();
        await load.Workspaces(names.Append("alone"), rules: 2);
        print(new("5,000 workspaces: made over HTTP", running.Elapsed.TotalSeconds, "s", null, new(), "a workspace, a connection, two rules each"));
        print(new("5,000 workspaces: index, each", await IndexBytes(load.Database) / 1_000, "KB", null, new(AtMost: 20), FormattableString.Invariant(
            $"heap of one copy; the process that routes holds two. Resident with all idle: edge {Megabytes(load.Node):0} MB (empty {empty.Edge:0}), worker {Megabytes(one):0} MB (empty {empty.Worker:0})")));

        running.Restart();
        await load.PerSecond(Workspaces, n => names[n]);
        print(new("5,000 workspaces: first event each", running.Elapsed.TotalSeconds, "s", null, new(), "a queue declared for each, and its event delivered"));

        var zipf = Zipf();
        var (many, alone) = await Rounds.InTurns(3, () => load.PerSecond(Events, n => names[zipf[n]]), () => load.PerSecond(Events, _ => "alone"));
        print(new("5,000 workspaces against 1", many, "events/s", alone, new(RatioAtLeast: 0.9), FormattableString.Invariant(
            $"resident after it: edge {Megabytes(load.Node):0} MB, workers {Megabytes(one):0} and {Megabytes(other):0} MB")));

        var (time, held) = await TakeOver.Measure(load, other);
        print(new("take-over of a killed worker", time.TotalSeconds, "s", null, new(), $"until the other had delivered all {held} it held"));

        running.Restart();
        var seen = other.Lines.Count;
        await other.StartAgain();
        var ready = running.Elapsed.TotalSeconds;
        await Eventually.True(() => Task.FromResult(other.Lines.Skip(seen).Any(line => line.Contains("messaging.looked", StringComparison.Ordinal))), TimeSpan.FromSeconds(60), "it to have looked after every queue");
        print(new("start of a worker, 5,000 queues", running.Elapsed.TotalSeconds, "s", null, new(), FormattableString.Invariant($"ready after {ready:0.0} s, then every queue looked after")));
    }

    private static int[] Zipf()
    {
        var (random, sum) = (new Random(7), 0.0);
        var upTo = Enumerable.Range(1, Workspaces).Select(rank => sum += 1.0 / rank).ToArray();
        return [.. Enumerable.Range(0, Events).Select(_ => Array.BinarySearch(upTo, random.NextDouble() * sum) is var at && at < 0 ? ~at : at)];
    }

    /// <summary>What one workspace costs in the index, on this process's heap.</summary>
    private static async Task<double> IndexBytes(string database)
    {
        await using var store = await Store.Open(new StoreOptions(database), ConfigurationEvents.All);
        var index = new WorkspaceIndex();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var position = Position.Start; ;)
        {
            var page = await store.ReadFeed(position, 5_000, ConfigurationEvents.Types);
            foreach (var stored in page.Events) index.Apply(stored, store.Types);
            position = page.UpTo;
            if (page.Events.Count == 0) break;
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (double)bytes / index.Workspaces.Count;
    }

    /// <summary>Resident set size.</summary>
    private static double Megabytes(EventMeshProcess process) =>
        double.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1_000;
}
