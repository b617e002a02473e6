using EventMesh.Tests.Benchmarks.Delivering;

namespace EventMesh.Tests.Benchmarks.Rows;

/// <summary>
/// What a quiet workspace sees of one that publishes ten times what its plan lets through, and of one whose target hangs until the timeout. The floor is the
/// quiet one alone, in turns with them in one run: a p99 of a few hundred events is a matter of luck, so the times of all rounds are taken together.
/// </summary>
internal sealed class QuietBesideFlood : IBenchmark
{
    private const int PerSecond = 100;
    private const int PlanPerSecond = 50;
    private const int Stuck = 40;
    private const int Turns = 6;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public string Name => "quiet-beside-flood";
    public string About => "p50 and p99 of a quiet workspace beside one at ten times its plan, and beside one whose target hangs, against those alone";

    public async Task Run(Ground ground, Action<Line> print, CancellationToken stop)
    {
        await using var load = await Load.Start(ground);
        await load.Workspaces(["quiet", "loud", "stuck"]);
        await load.Limit("loud", new { events_per_second = PlanPerSecond, events_burst = PlanPerSecond, overage = "hard" });
        await load.Milliseconds("quiet", PerSecond, TimeSpan.FromSeconds(3));
        var (alone, flooded, hanging) = (new List<double>(), new List<double>(), new List<double>());
        var (flood, through) = (0, 0);
        for (var turn = 0; turn < Turns; turn++)
        {
            alone.AddRange(await load.Milliseconds("quiet", PerSecond, Length));

            using (var over = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                var flooding = Task.Run(() => load.Flood("loud", 10 * PlanPerSecond, over.Token), stop);
                flooded.AddRange(await load.Milliseconds("quiet", PerSecond, Length));
                await over.CancelAsync();
                through += await flooding;
                flood += 10 * PlanPerSecond * (int)Length.TotalSeconds;
            }

            load.Hang("stuck");
            await Task.WhenAll(Enumerable.Range(0, Stuck).Select(_ => load.Publish("stuck")));
            hanging.AddRange(await load.Milliseconds("quiet", PerSecond, Length));
            load.Hang(null);
        }
        Both("a flood", flooded, $"the flood: {flood:#,0} events at {10 * PlanPerSecond}/s, {through:#,0} let through");
        Both("a hanging target", hanging, $"{Stuck} more hang or wait in each of {Turns} turns");

        void Both(string beside, List<double> times, string note)
        {
            print(new($"quiet p50 beside {beside}", Rounds.Median(times), "ms", Rounds.Median(alone), new(RatioAtMost: 2), $"{times.Count:#,0} events a side"));
            print(new($"quiet p99 beside {beside}", Rounds.Percentile(times, 0.99), "ms", Rounds.Percentile(alone, 0.99), new(RatioAtMost: 2), note));
        }
    }
}
