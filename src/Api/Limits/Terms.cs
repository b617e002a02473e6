using EventMesh.Domain.Limits;

namespace EventMesh.Api.Limits;

/// <summary>What is counted against limits: publishing, or the other calls of a workspace's keys.</summary>
public enum LimitedUse { Publish, Call }

/// <summary>One limit as a bucket: how much fits in and how fast it fills again.</summary>
/// <param name="Allowed">The number that the limit's name asks for.</param>
/// <param name="Capacity">How much may be used at once.</param>
/// <param name="PerSecond">How much comes back; 0 for a month, whose next bucket is another one.</param>
internal sealed record Terms(string Limit, bool Monthly, long Allowed, long Capacity, double PerSecond, Overage Overage)
{
    public static Terms[] Of(PlanLimits limits, LimitedUse use) => use switch
    {
        LimitedUse.Publish =>
        [
            new(PlanLimits.EventsPerSecondName, false, limits.EventsPerSecond, limits.EventsBurst, limits.EventsPerSecond, limits.Overage),
            new(PlanLimits.EventsPerMonthName, true, limits.EventsPerMonth, limits.EventsPerMonth, 0, limits.Overage),
        ],
        LimitedUse.Call => [new(PlanLimits.ApiCallsPerMinuteName, false, limits.ApiCallsPerMinute, limits.ApiCallsPerMinute, limits.ApiCallsPerMinute / 60.0, limits.Overage)],
        _ => throw new InvalidOperationException($"No limits for {use}."),
    };
}
