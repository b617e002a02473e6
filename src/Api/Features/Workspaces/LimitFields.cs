using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.Domain.Limits;

namespace EventMesh.Api.Features.Workspaces;

/// <summary>Limits as they are sent and shown; one that is left out is the plan's.</summary>
/// <param name="Overage"><c>hard</c> or <c>soft</c>.</param>
public sealed record LimitFields(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? EventsPerSecond,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? EventsBurst,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? EventsPerMonth,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Connections,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Rules,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ApiCallsPerMinute,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ConcurrentDeliveries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetentionDays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Overage)
{
    public static LimitFields Of(LimitOverrides o) =>
        new(o.EventsPerSecond, o.EventsBurst, o.EventsPerMonth, o.Connections, o.Rules, o.ApiCallsPerMinute, o.ConcurrentDeliveries, o.RetentionDays, Name(o.Overage));

    public static LimitFields Of(PlanLimits l) =>
        new(l.EventsPerSecond, l.EventsBurst, l.EventsPerMonth, l.Connections, l.Rules, l.ApiCallsPerMinute, l.ConcurrentDeliveries, l.RetentionDays, Name(l.Overage));

    /// <summary>Names whatever is wrong.</summary>
    public LimitOverrides Validated(Checks checks)
    {
        var overage = Overage switch { "hard" => Domain.Limits.Overage.Hard, "soft" => Domain.Limits.Overage.Soft, _ => (Overage?)null };
        checks.That(Overage is null || overage is not null, "limits.overage", "must be hard or soft");
        var overrides = new LimitOverrides(EventsPerSecond, EventsBurst, EventsPerMonth, Connections, Rules, ApiCallsPerMinute, ConcurrentDeliveries, RetentionDays, overage);
        foreach (var (field, reason) in overrides.Faults()) checks.Add("limits." + field, reason);
        return overrides;
    }

    public static string? Name(Overage? overage) => overage is { } one ? JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString()) : null;
}
