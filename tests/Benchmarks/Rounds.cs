using System.Collections.Concurrent;
using System.Diagnostics;

namespace EventMesh.Tests.Benchmarks;

/// <summary>How a thing and its floor are measured: in turns, several times, and the median of each.</summary>
internal static class Rounds
{
    /// <summary>One round of each that does not count, then <paramref name="rounds"/> in turns.</summary>
    public static async Task<(double Measured, double Floor)> InTurns(int rounds, Func<Task<double>> measured, Func<Task<double>> floor)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (one, other) = (await measured(), await floor());
            if (round == 0) continue;
            ours.Add(one);
            theirs.Add(other);
        }
        return (Median(ours), Median(theirs));
    }

    /// <summary>How often a second <paramref name="callers"/> callers get <paramref name="call"/> done, each calling again as soon as it is answered.</summary>
    /// <param name="call">Given the caller's number from 0 and how many calls it has made.</param>
    /// <param name="milliseconds">Where each call's time is put; null when nobody asks.</param>
    public static async Task<double> PerSecond(int callers, TimeSpan length, Func<int, long, Task> call, ConcurrentBag<double>? milliseconds = null)
    {
        long done = 0;
        var running = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var made = 0L; running.Elapsed < length; made++)
            {
                var begun = Stopwatch.GetTimestamp();
                await call(caller, made);
                milliseconds?.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                Interlocked.Increment(ref done);
            }
        })));
        return done / running.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
