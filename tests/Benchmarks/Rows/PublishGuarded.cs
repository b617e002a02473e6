using System.Security.Cryptography;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>What it costs to publish with a signed token, roles and sealed bodies: the same edge with an API key and plain bodies is the floor.</summary>
internal sealed class PublishGuarded : IBenchmark
{
    private const int Callers = 32;
    private const int RoundsCounted = 7;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public string Name => "publish-guarded";
    public string About => "publishing over HTTP with a token and sealed bodies, against a key and plain ones";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        var masterKeys = new GivenMasterKeys("bench:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), "the benchmark");
        await using var guarded = await Edge.Start(ground, masterKeys);
        await using var sealing = await Edge.Start(ground, masterKeys);
        await using var plain = await Edge.Start(ground, null);
        await guarded.EnterWithToken();
        await sealing.EnterWithKey();
        await plain.EnterWithKey();

        var (ours, floor) = await Rounds.InTurns(RoundsCounted, () => guarded.PerSecond(Callers, Length), () => plain.PerSecond(Callers, Length));
        print(new("publish, token and sealed", ours, "events/s", floor, new(RatioAtLeast: 0.9), $"{Callers} callers, 1 KB each; floor: API key, bodies plain"));
        (ours, floor) = await Rounds.InTurns(RoundsCounted, () => sealing.PerSecond(Callers, Length), () => plain.PerSecond(Callers, Length));
        print(new("publish, key and sealed", ours, "events/s", floor, new(RatioAtLeast: 0.9), "the same, sealing alone"));
    }
}
