namespace EventMesh.Domain.Limits;

/// <summary>What was agreed for one workspace instead of what its plan says; null where the plan holds.</summary>
public sealed record LimitOverrides(
    long? EventsPerSecond = null, long? EventsBurst = null, long? EventsPerMonth = null, int? Connections = null, int? Rules = null,
    long? ApiCallsPerMinute = null, int? ConcurrentDeliveries = null, int? RetentionDays = null, Overage? Overage = null)
{
    public static readonly LimitOverrides None = new();

    public PlanLimits Onto(PlanLimits plan) => this == None ? plan : new(
        EventsPerSecond ?? plan.EventsPerSecond, EventsBurst ?? plan.EventsBurst, EventsPerMonth ?? plan.EventsPerMonth, Connections ?? plan.Connections, Rules ?? plan.Rules,
        ApiCallsPerMinute ?? plan.ApiCallsPerMinute, ConcurrentDeliveries ?? plan.ConcurrentDeliveries, RetentionDays ?? plan.RetentionDays, Overage ?? plan.Overage);

    /// <summary>What is out of its range, by the field's name; the same ranges hold in the file of plans.</summary>
    public IEnumerable<(string Field, string Reason)> Faults() => new[]
    {
        Range("events_per_second", EventsPerSecond, 1, 1_000_000), Range("events_burst", EventsBurst, 1, 100_000_000), Range("events_per_month", EventsPerMonth, 0, 1_000_000_000_000),
        Range("connections", Connections, 0, 100_000), Range("rules", Rules, 0, 100_000), Range("api_calls_per_minute", ApiCallsPerMinute, 1, 100_000_000),
        Range("concurrent_deliveries", ConcurrentDeliveries, 1, 100_000), Range("retention_days", RetentionDays, 1, 3_650),
    }.OfType<(string, string)>();

    private static (string, string)? Range(string field, long? value, long min, long max) =>
        value is null || value >= min && value <= max ? null : (field, $"must be an integer from {min} to {max}");
}
