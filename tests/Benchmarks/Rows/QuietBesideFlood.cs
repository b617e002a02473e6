using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>What a quiet workspace sees of one that floods and of one whose target hangs; the floor is the quiet one alone.</summary>
internal sealed class QuietBesideFlood : IBenchmark
{
    private const int PerSecond = 50;
    private const int Burst = 300;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    public string Name => "quiet-beside-flood";
    public string About => "p99 of a quiet workspace beside one that floods, and beside one whose target hangs, against its p99 alone";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var load = await Load.Start(ground);
        await load.Workspaces(["quiet", "loud", "stuck"]);
        await load.Milliseconds("quiet", PerSecond, TimeSpan.FromSeconds(2));
        var alone = P99(await load.Milliseconds("quiet", PerSecond, Length));

        // Ten times what the quiet one publishes, as a publisher at ten times its plan would.
        var flooding = Task.Run(() => load.Milliseconds("loud", 10 * PerSecond, Length), stop);
        print(new("quiet p99 beside a flood", P99(await load.Milliseconds("quiet", PerSecond, Length)), "ms", alone, new(RatioAtMost: 2), $"the flood: {10 * PerSecond}/s"));
        await flooding;

        load.Hang("stuck");
        await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => load.Publish("stuck")));
        print(new("quiet p99 beside a hanging target", P99(await load.Milliseconds("quiet", PerSecond, Length)), "ms", alone, new(RatioAtMost: 2), $"{Burst} attempts hang or wait"));
    }

    private static double P99(double[] times) => Rounds.Percentile(times, 0.99);
}
