using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>From publish to arrival through the built executable; the floor is a bare HTTP loop.</summary>
internal sealed class Delivered : IBenchmark
{
    private const int Events = 10_000;

    public string Name => "delivered";
    public string About => "published over HTTP to verified at the receiver, against a bare HTTP loop";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var load = await Load.Start(ground);
        await using var relay = await Relay.Start();
        await load.Workspaces(["acme"]);
        var (ours, floor) = await Rounds.InTurns(3, () => load.PerSecond(Events, _ => "acme"), () => relay.PerSecond(Events));
        print(new("delivered, as fast as it goes", ours, "events/s", floor, new(AtLeast: 2_000)));

        var length = TimeSpan.FromSeconds(8);
        await load.Milliseconds("acme", 100, TimeSpan.FromSeconds(2));
        var (times, bare) = (await load.Milliseconds("acme", 100, length), await relay.Milliseconds(100, length));
        print(new("delivered at 100/s, p50", Rounds.Percentile(times, 0.5), "ms", Rounds.Percentile(bare, 0.5), new(AtMost: 10)));
        print(new("delivered at 100/s, p99", Rounds.Percentile(times, 0.99), "ms", Rounds.Percentile(bare, 0.99), new(AtMost: 50)));
    }
}
