namespace EventMesh.Delivery.OAuth;

/// <summary>When what failed at a provider is tried again: after 30 s, then twice as long each time, to an hour; a fifth of it is left to chance, so that many do not come at once.</summary>
public static class BackOff
{
    public static readonly TimeSpan Min = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Max = TimeSpan.FromHours(1);

    /// <summary>After so long without a success a person is asked.</summary>
    public static readonly TimeSpan Exhausted = TimeSpan.FromDays(4);

    /// <param name="failures">Before this one, in a row.</param>
    /// <param name="chance">From 0 up to 1.</param>
    public static TimeSpan After(int failures, double chance)
    {
        var pause = failures >= 7 ? Max : Min * (1 << failures);
        return (pause < Max ? pause : Max) * (0.8 + 0.2 * chance);
    }
}
