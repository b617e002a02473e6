using System.Collections.Concurrent;
using EventMesh.EventStore;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>New streams of one event. The floor writes as many rows a statement as there are callers: nobody can have more under way.</summary>
internal sealed class AppendNew : IBenchmark
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1.2);

    public string Name => "append-new";
    public string About => "new streams of one event, 1, 8, 32 and 128 callers, against the same rows by the plainest multi-row INSERT";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        foreach (var (callers, perSecond) in new[] { (1, 3_500), (8, 10_000), (32, 18_000), (128, 28_000) })
        {
            stop.ThrowIfCancellationRequested();
            var (store, database) = await ground.NewStore("append_new");
            await using (store)
            await using (var plain = await PlainInsert.Open(database, callers))
            {
                var milliseconds = new ConcurrentBag<double>();
                var round = 0;
                var (ours, floor) = await Rounds.InTurns(4, () => Append(store, callers, round++, milliseconds), () => plain.PerSecond(Length));
                print(new($"{Name}, {callers} caller{(callers == 1 ? "" : "s")}", ours, "events/s", floor, new(perSecond, RatioAtLeast: 0.5),
                    FormattableString.Invariant($"p50 {Rounds.Median(milliseconds):0.0} ms, p99 {Rounds.Percentile(milliseconds, 0.99):0.0} ms")));
                if (callers == 32) print(new($"{Name}, 32 callers, p99", Rounds.Percentile(milliseconds, 0.99), "ms", null, new(AtMost: 5)));
            }
        }
    }

    private static Task<double> Append(Store store, int callers, int round, ConcurrentBag<double> milliseconds)
    {
        var workspaces = Enumerable.Range(0, Math.Min(callers, 16)).Select(i => store.For($"workspace-{i}")).ToArray();
        // The first round warms up.
        return Rounds.PerSecond(callers, Length, (caller, n) => workspaces[caller % workspaces.Length]
            .Append($"evt_{round:x4}{caller:x8}{n:x12}", "published_event", 0, [Sample.Event()], Sample.Now()), round == 0 ? null : milliseconds);
    }
}
