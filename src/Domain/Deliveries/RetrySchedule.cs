namespace EventMesh.Domain.Deliveries;

/// <summary>When a failed attempt is followed by another: one table, spread by chance, longer when the target asks for it.</summary>
public static class RetrySchedule
{
    /// <summary>Seconds before the second attempt, the third, …: the schedule that Standard Webhooks 1.0 recommends, ending after about 28 hours.</summary>
    public static readonly IReadOnlyList<int> Default = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];

    public const int StepsMax = 20;
    public const int StepSecondsMax = 24 * 3600;
    public const double Jitter = 0.2;
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    /// <summary>How long to wait after the <paramref name="failures"/>-th failure in a row; null when the schedule is used up.</summary>
    /// <param name="failures">From 1.</param>
    /// <param name="chance">In [0, 1): moves the wait within ±20 %.</param>
    public static TimeSpan? Wait(IReadOnlyList<int> schedule, int failures, TimeSpan? retryAfter, double chance)
    {
        if (failures > schedule.Count) return null;
        var wait = TimeSpan.FromSeconds(schedule[failures - 1] * (1 - Jitter + 2 * Jitter * chance));
        // Earlier than the target asked would only be refused again.
        if (retryAfter is not { } asked) return wait;
        var bounded = asked > RetryAfterMax ? RetryAfterMax : asked;
        return bounded > wait ? bounded : wait;
    }
}
