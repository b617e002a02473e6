using System.Globalization;
using EventMesh.Api.CloudEvents;
using EventMesh.Api.Edge;
using EventMesh.Domain.Replays;
using EventMesh.Projections.Deliveries;

namespace EventMesh.Api.Features.Replays;

/// <summary>What a replay is asked for, as it is sent.</summary>
/// <param name="Kind"><c>deliveries</c>: those there are, once more; <c>missing</c>: those that today's rules would make and that there are not.</param>
/// <param name="RatePerSecond">Deliveries a second.</param>
/// <param name="DryRun">Only counts; nothing is stored.</param>
public sealed record ReplayFields(string? Kind, ReplayFields.FilterFields? Filter, int? RatePerSecond, bool? DryRun)
{
    private const int IdCharsMax = 64;

    private static readonly string[] StatusesDefault = [DeliveryStatus.DeadLettered, DeliveryStatus.Discarded];

    /// <param name="Since">Events accepted then or later (RFC 3339); required.</param>
    /// <param name="Until">Events accepted before; now without it.</param>
    /// <param name="Types">Types of events; <c>*</c> stands for any run of characters.</param>
    /// <param name="Connection">A connection's id.</param>
    /// <param name="Rule">A rule's id.</param>
    /// <param name="Statuses">What the deliveries are; dead_lettered and discarded without it.</param>
    public sealed record FilterFields(
        string? Since, string? Until, IReadOnlyList<string?>? Types, string? Connection, string? Rule, IReadOnlyList<string?>? Statuses);

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public ReplayCommand.StartReplay Validated(DateTimeOffset now)
    {
        var checks = new Checks();
        var kind = Kind switch { "deliveries" => ReplayKind.Deliveries, "missing" => ReplayKind.Missing, _ => (ReplayKind?)null };
        checks.That(kind is not null, "kind", Kind is null ? "is required" : "must be deliveries or missing");
        var rate = RatePerSecond ?? ReplayLimits.RatePerSecondDefault;
        checks.That(rate is >= ReplayLimits.RatePerSecondMin and <= ReplayLimits.RatePerSecondMax, "rate_per_second",
            $"must be an integer from {ReplayLimits.RatePerSecondMin} to {ReplayLimits.RatePerSecondMax:0}");
        var (since, until) = Range(checks, now);
        Id(checks, "filter.connection", Filter?.Connection);
        Id(checks, "filter.rule", Filter?.Rule);
        Types(checks);
        var statuses = Statuses(checks, kind);
        checks.Done();
        return new(kind!.Value, new(since, until, Filter!.Types is { Count: > 0 } types ? [.. types.Select(t => t!)] : null, Filter.Connection, Filter.Rule, statuses), rate, now);
    }

    private (DateTimeOffset Since, DateTimeOffset Until) Range(Checks checks, DateTimeOffset now)
    {
        if (Filter?.Since is null) checks.Add("filter.since", "is required");
        var since = Time(checks, "filter.since", Filter?.Since) ?? now;
        var until = Time(checks, "filter.until", Filter?.Until) ?? now;
        // What is accepted from now on could be made by what is replayed.
        if (until > now) checks.Add("filter.until", "lies in the future");
        else if (since > until) checks.Add("filter.since", Filter?.Until is null ? "lies in the future" : "lies behind until");
        else checks.That(until - since <= ReplayLimits.RangeMax, "filter.since", $"lies more than {ReplayLimits.RangeMax.TotalDays:0} days before until");
        return (since, until);
    }

    private void Types(Checks checks)
    {
        checks.That((Filter?.Types?.Count ?? 0) <= ReplayLimits.TypesMax, "filter.types", $"has at most {ReplayLimits.TypesMax} entries");
        for (var i = 0; i < Math.Min(Filter?.Types?.Count ?? 0, ReplayLimits.TypesMax); i++)
            checks.That(Filter!.Types![i] is { Length: > 0 and <= ReplayLimits.TypeCharsMax } type && Checks.IsText(type), $"filter.types[{i}]", $"must be text of 1 to {ReplayLimits.TypeCharsMax} characters");
    }

    private IReadOnlyList<string>? Statuses(Checks checks, ReplayKind? kind)
    {
        if (kind == ReplayKind.Missing)
        {
            checks.That(Filter?.Statuses is null, "filter.statuses", "is for deliveries that there are; leave it out for missing ones");
            return null;
        }
        if (Filter?.Statuses is not { } statuses) return StatusesDefault;
        checks.That(statuses.Count > 0 && statuses.All(s => DeliveryStatus.All.Contains(s)), "filter.statuses", $"must be some of {string.Join(", ", DeliveryStatus.All)}");
        return [.. DeliveryStatus.All.Where(s => statuses.Contains(s))];
    }

    private static DateTimeOffset? Time(Checks checks, string field, string? text)
    {
        if (text is null) return null;
        if (Rfc3339.IsTimestamp(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time.ToUniversalTime();
        checks.Add(field, "must be a timestamp such as 2026-11-20T12:00:00Z (RFC 3339)");
        return null;
    }

    private static void Id(Checks checks, string field, string? id) =>
        checks.That(id is null || (id.Length is > 0 and <= IdCharsMax && Checks.IsText(id)), field, $"is an id of at most {IdCharsMax} characters");
}
