namespace EventMesh.Domain.Limits;

/// <summary>What happens past a limit of events or calls: refused, or accepted and noted.</summary>
public enum Overage { Hard, Soft }

/// <summary>How much a workspace may do: what its plan says, with what was agreed for this workspace alone in its place.</summary>
/// <param name="EventsPerSecond">Published events that come back each second, up to <paramref name="EventsBurst"/>.</param>
/// <param name="EventsBurst">Published events that may come at once.</param>
/// <param name="EventsPerMonth">Published events of a calendar month, UTC.</param>
/// <param name="Connections">That exist at a time, enabled or not.</param>
/// <param name="Rules">That exist at a time, enabled or not.</param>
/// <param name="ApiCallsPerMinute">Calls by the workspace's keys, publishing apart; as many may come at once.</param>
/// <param name="ConcurrentDeliveries">Attempts that run at the same time.</param>
/// <param name="RetentionDays">How long payloads are kept.</param>
/// <param name="Overage">Of the three that are counted over time; connections and rules are always hard.</param>
public sealed record PlanLimits(
    long EventsPerSecond, long EventsBurst, long EventsPerMonth, int Connections, int Rules, long ApiCallsPerMinute, int ConcurrentDeliveries, int RetentionDays, Overage Overage)
{
    /// <summary>The names under which limits are refused, recorded and shown.</summary>
    public const string EventsPerSecondName = "events_per_second";
    public const string EventsBurstName = "events_burst";
    public const string EventsPerMonthName = "events_per_month";
    public const string ApiCallsPerMinuteName = "api_calls_per_minute";
    public const string ConnectionsName = "connections";
    public const string RulesName = "rules";
}
