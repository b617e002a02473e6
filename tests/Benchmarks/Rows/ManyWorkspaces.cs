using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>The same load spread over a thousand workspaces, and on one.</summary>
internal sealed class ManyWorkspaces : IBenchmark
{
    private const int Workspaces = 1_000;
    private const int Events = 10_000;

    public string Name => "many-workspaces";
    public string About => "delivered events of 1,000 workspaces, against the same number of one";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var load = await Load.Start(ground);
        await load.Workspaces(Enumerable.Range(0, Workspaces).Select(n => $"ws-{n}").Append("alone"));
        var (many, one) = await Rounds.InTurns(3, () => load.PerSecond(Events, n => $"ws-{n * 7919 % Workspaces}"), () => load.PerSecond(Events, _ => "alone"));
        print(new("1,000 workspaces against 1", many, "events/s", one, new(RatioAtLeast: 0.9)));
    }
}
