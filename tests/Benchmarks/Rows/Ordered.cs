using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>What order costs: the same events, of 200 keys, one after another within their key, and as they come.</summary>
internal sealed class Ordered : IBenchmark
{
    private const int Keys = 200;
    private const int Events = 6_000;

    public string Name => "ordered";
    public string About => "delivered in order over 200 keys, against the same events delivered without order";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var load = await Load.Start(ground);
        await load.Workspaces(["in-order"], new { key = "subject" });
        await load.Workspaces(["as-they-come"]);
        static string Key(int n) => $"order-{n * 7919 % Keys}";
        var (ordered, free) = await Rounds.InTurns(3, () => load.PerSecond(Events, _ => "in-order", Key), () => load.PerSecond(Events, _ => "as-they-come", Key));
        print(new("ordered, 200 keys", ordered, "events/s", free, new()));
    }
}
