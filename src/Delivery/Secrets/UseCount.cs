using EventMesh.Domain.Secrets;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// How often one version of one secret was used for one purpose on this node. Counting is an interlocked increment and three stores, however many count at once; which runs are
/// named, and the first and last time, may be off by a use that happens in the same moment, the count never.
/// </summary>
public sealed class UseCount
{
    private readonly Func<UseCount> again;
    private readonly string[] runs = new string[SecretUseEvent.RunsMax];
    private long counted;
    private long told;
    private long firstTicks;
    private long lastTicks;
    private volatile bool forgotten;

    /// <param name="again">Where to count, when this one is not looked at any more.</param>
    internal UseCount(Func<UseCount> again) => this.again = again;

    /// <param name="run">Id of what used it.</param>
    /// <param name="at">When, UTC.</param>
    public void Count(string run, DateTimeOffset at)
    {
        if (forgotten)
        {
            again().Count(run, at);
            return;
        }
        var number = Interlocked.Increment(ref counted);
        runs[(int)((ulong)number % SecretUseEvent.RunsMax)] = run;
        Volatile.Write(ref lastTicks, at.UtcTicks);
        if (Volatile.Read(ref firstTicks) == 0) Interlocked.CompareExchange(ref firstTicks, at.UtcTicks, 0);
    }

    /// <summary>What was counted and not told yet; null when there is nothing. It stays untold until <see cref="Told"/>.</summary>
    internal Untold? Take()
    {
        var count = Interlocked.Read(ref counted);
        if (count == told) return null;
        var (first, last) = (Volatile.Read(ref firstTicks), Volatile.Read(ref lastTicks));
        var named = new List<string>(SecretUseEvent.RunsMax);
        for (var number = count; number > told && named.Count < SecretUseEvent.RunsMax; number--)
            if (runs[(int)((ulong)number % SecretUseEvent.RunsMax)] is { } run) named.Add(run);
        return new(count, count - told, At(first == 0 ? last : first), At(Math.Max(first, last)), [.. named.Distinct(StringComparer.Ordinal)]);
    }

    internal void Told(Untold untold)
    {
        told = untold.UpTo;
        Volatile.Write(ref firstTicks, 0);
    }

    /// <summary>Nobody looks at it any more; what was counted in this moment is counted elsewhere.</summary>
    internal void Forget()
    {
        forgotten = true;
        for (var late = Take(); late is { Count: > 0 }; late = late with { Count = late.Count - 1 }) again().Count(late.Runs[0], late.LastAt);
    }

    /// <param name="UpTo">Of all that was ever counted.</param>
    internal sealed record Untold(long UpTo, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyList<string> Runs);

    private static DateTimeOffset At(long ticks) => new(ticks / 10 * 10, TimeSpan.Zero);
}
