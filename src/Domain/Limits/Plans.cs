using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Domain.Limits;

/// <summary>The plans that workspaces may have: a JSON object of them by name, each with every limit.</summary>
public sealed class Plans
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Those that come with the platform (<c>plans.json</c>).</summary>
    public static readonly Plans Default = Embedded();

    private readonly IReadOnlyDictionary<string, PlanLimits> byName;

    private Plans(IReadOnlyDictionary<string, PlanLimits> byName) => this.byName = byName;

    public IEnumerable<string> Names => byName.Keys;

    /// <summary>Null when there is no such plan.</summary>
    public PlanLimits? Find(string plan) => byName.GetValueOrDefault(plan);

    /// <summary>What holds for a workspace; null when it has none of these plans: then it may do nothing that is limited.</summary>
    public PlanLimits? Of(Workspace workspace) => workspace is Workspace.Open open && Find(open.Plan) is { } limits ? open.Limits.Onto(limits) : null;

    /// <exception cref="FormatException">It is not such a file; the message says what is wrong, as the end of a sentence that begins with the file.</exception>
    public static Plans Parse(string json)
    {
        try
        {
            var plans = JsonSerializer.Deserialize<Dictionary<string, LimitOverrides>>(json, Json) ?? throw new FormatException("holds no plans");
            return new(plans.ToDictionary(p => p.Key, p => Whole(p.Key, p.Value), StringComparer.Ordinal));
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"is not a JSON object of plans: {wrong.Message}", wrong);
        }
    }

    private static PlanLimits Whole(string name, LimitOverrides? plan)
    {
        if (plan is not
            {
                EventsPerSecond: { } perSecond, EventsBurst: { } burst, EventsPerMonth: { } perMonth, Connections: { } connections, Rules: { } rules,
                ApiCallsPerMinute: { } calls, ConcurrentDeliveries: { } deliveries, RetentionDays: { } days, Overage: { } overage,
            }) throw new FormatException($"lacks a limit in the plan '{name}'; each plan names all of them");
        return plan.Faults().ToArray() is [var (field, reason), ..] ? throw new FormatException($"is wrong in the plan '{name}': {field} {reason}")
            : new(perSecond, burst, perMonth, connections, rules, calls, deliveries, days, overage);
    }

    private static Plans Embedded()
    {
        using var text = new StreamReader(typeof(Plans).Assembly.GetManifestResourceStream("plans.json")!);
        return Parse(text.ReadToEnd());
    }
}
