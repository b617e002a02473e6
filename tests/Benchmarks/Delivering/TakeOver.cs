using System.Collections.Concurrent;
using System.Diagnostics;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Benchmarks.Delivering;

/// <summary>
/// How long it takes until others have delivered what a killed worker held. Each of many workspaces has one event whose first attempt hangs, so that both
/// workers hold about half of them; what the dead one held comes a second time long before the attempts of the living one can time out.
/// </summary>
internal static class TakeOver
{
    private const int Workspaces = 200;
    private static readonly TimeSpan BeforeTimeouts = TimeSpan.FromSeconds(10);

    /// <returns>From the kill to the last of the second arrivals, and how many there were.</returns>
    public static async Task<(TimeSpan Time, int Held)> Measure(Load load, EventMeshProcess doomed)
    {
        await using var target = await Receiver.Start();
        var (first, again) = (new ConcurrentDictionary<string, bool>(), new ConcurrentQueue<long>());
        target.OnArrival = arrival =>
        {
            if (!first.TryAdd(arrival.WebhookId, true)) again.Enqueue(Stopwatch.GetTimestamp());
        };
        target.Answer = (_, number) => number == 1 ? null : 200;
        var names = Enumerable.Range(0, Workspaces).Select(n => $"held-{n}").ToArray();
        await load.Workspaces(names, target: target);
        await Task.WhenAll(names.Select(name => load.Publish(name)));
        await Eventually.True(() => Task.FromResult(first.Count == Workspaces), TimeSpan.FromSeconds(10), "both workers to hold what they will");

        var killed = Stopwatch.GetTimestamp();
        await doomed.Kill();
        var (seen, quiet) = (-1, Stopwatch.StartNew());
        await Eventually.True(() =>
        {
            if (again.Count != seen)
            {
                seen = again.Count;
                quiet.Restart();
            }
            // Over when for two seconds nothing more came; what the living one holds comes only after its timeout.
            return Task.FromResult(quiet.Elapsed > TimeSpan.FromSeconds(2));
        }, BeforeTimeouts, "what the killed worker held to be delivered");
        if (again.IsEmpty) throw new InvalidOperationException("The killed worker held nothing, or nobody took over.");
        return (Stopwatch.GetElapsedTime(killed, again.Max()), again.Count);
    }
}
