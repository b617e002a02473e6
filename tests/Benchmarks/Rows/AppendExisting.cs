using System.Collections.Concurrent;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>The next event of streams that exist, each append naming the version it expects. The floor moves the versions without looking at them.</summary>
internal sealed class AppendExisting : IBenchmark
{
    private const int Callers = 32;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1.2);

    public string Name => "append-existing";
    public string About => "one event to existing streams with version check, 32 callers, against the plainest UPDATE and multi-row INSERT";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var (store, database) = await ground.NewStore("append_existing");
        await using var owned = store;
        await using var plain = await PlainInsert.Open(database, Callers, advance: true);
        var workspaces = Enumerable.Range(0, 16).Select(i => store.For($"workspace-{i}")).ToArray();
        var versions = new long[Callers];
        var milliseconds = new ConcurrentBag<double>();

        var (ours, floor) = await Rounds.InTurns(4,
            () => Rounds.PerSecond(Callers, Length, (caller, _) => workspaces[caller % 16].Append($"s{caller}", "thing", versions[caller]++, [Sample.Event()], Sample.Now()), milliseconds),
            () => plain.PerSecond(Length));

        print(new($"{Name}, {Callers} callers", ours, "events/s", floor, new(12_000),
            FormattableString.Invariant($"p50 {Rounds.Median(milliseconds):0.0} ms, p99 {Rounds.Percentile(milliseconds, 0.99):0.0} ms")));
    }
}
