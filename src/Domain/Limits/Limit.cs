namespace EventMesh.Domain.Limits;

/// <summary>What has happened to one limit of a workspace in one period, and what it therefore is.</summary>
public abstract record LimitEvent
{
    private LimitEvent() { }

    /// <summary>More was asked for than the limit allows, for the first time in the period.</summary>
    /// <param name="Limit">Its name: <c>events_per_second</c>, <c>events_per_month</c> or <c>api_calls_per_minute</c>.</param>
    /// <param name="Period">Within which it is said once, UTC: a month (<c>2026-11</c>), or for what is counted by second or minute an hour (<c>2026-11-21T09</c>).</param>
    /// <param name="Allowed">The number that the limit's name asks for.</param>
    /// <param name="Overage">Whether what came on top was refused (hard) or accepted (soft).</param>
    public sealed record LimitExceeded(string Limit, string Period, long Allowed, Overage Overage, string Plan, DateTimeOffset At) : LimitEvent;
}

public abstract record Limit
{
    private Limit() { }

    public sealed record Kept : Limit;
    public sealed record Exceeded(DateTimeOffset Since) : Limit;

    public static readonly Limit Initial = new Kept();

    public static Limit Evolve(Limit state, LimitEvent happened) => happened switch
    {
        LimitEvent.LimitExceeded exceeded when state is Kept => new Exceeded(exceeded.At),
        _ => state,
    };

    /// <summary>The stream of one limit in one period: <c>limit_events_per_month_2026-11</c>.</summary>
    public static string StreamOf(string limit, string period) => $"limit_{limit}_{period}";
}
