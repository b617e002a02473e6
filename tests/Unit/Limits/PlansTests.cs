using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Limits;

public sealed class PlansTests
{
    private const string ApprovedFile = "tests/Unit/Limits/plans.approved.json";
    private const string File = "src/Domain/Limits/plans.json";
    private static readonly Workspace.Open Acme = new("acme", "Acme", "starter", "production", null, DateTimeOffset.UnixEpoch);

    [Fact]
    public void The_plans_are_those_approved() => Assert.Equal(Repository.Read(ApprovedFile), Repository.Read(File));

    [Fact]
    public void Each_number_of_each_plan_is_in_the_docs()
    {
        var lines = Repository.Read("docs/limits.md").Split('\n');
        using var plans = System.Text.Json.JsonDocument.Parse(Repository.Read(File));
        var all = plans.RootElement.EnumerateObject().ToArray();
        foreach (var limit in all[0].Value.EnumerateObject().Select(l => l.Name))
        {
            var numbers = all.Select(p => p.Value.GetProperty(limit)).Select(v => v.ValueKind == System.Text.Json.JsonValueKind.String ? v.GetString()! : v.GetInt64().ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
            Assert.Single(lines, l => l.StartsWith($"| `{limit}` |", StringComparison.Ordinal) && l.EndsWith($"| {string.Join(" | ", numbers)} |", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void There_are_three_and_each_allows_at_least_what_the_one_before_does()
    {
        Assert.Equal(["starter", "professional", "enterprise"], Plans.Default.Names);
        var plans = Plans.Default.Names.Select(n => Plans.Default.Find(n)!).ToArray();
        Assert.All(plans.Zip(plans.Skip(1)), p => Assert.All(Numbers(p.First).Zip(Numbers(p.Second)), n => Assert.True(n.First < n.Second)));
        static long[] Numbers(PlanLimits p) =>
            [p.EventsPerSecond, p.EventsBurst, p.EventsPerMonth, p.Connections, p.Rules, p.ApiCallsPerMinute, p.ConcurrentDeliveries, p.RetentionDays];
    }

    [Fact]
    public void An_override_holds_in_the_place_of_the_plans_limit_and_of_no_other()
    {
        var starter = Plans.Default.Find("starter")!;
        Assert.Same(starter, Plans.Default.Of(Acme));
        Assert.Equal(starter with { EventsPerMonth = 7, Overage = Overage.Soft }, Plans.Default.Of(Acme with { Limits = new(EventsPerMonth: 7, Overage: Overage.Soft) }));
        Assert.Equal(
            new PlanLimits(1, 2, 3, 4, 5, 6, 7, 8, Overage.Soft), Plans.Default.Of(Acme with { Limits = new(1, 2, 3, 4, 5, 6, 7, 8, Overage.Soft) }));
    }

    [Fact]
    public void A_plan_that_is_not_there_allows_nothing() => Assert.Null(Plans.Default.Of(Acme with { Plan = "bronze" }));

    [Theory]
    [InlineData("", "is not a JSON object of plans")]
    [InlineData("[]", "is not a JSON object of plans")]
    [InlineData("null", "holds no plans")]
    [InlineData("""{"a":{}}""", "lacks a limit in the plan 'a'")]
    [InlineData("""{"a":null}""", "lacks a limit in the plan 'a'")]
    [InlineData("""{"a":{"colour":"red"}}""", "colour")]
    [InlineData("""{"a":{"rules":1,"rules":2}}""", "rules")]
    public void A_file_that_is_not_whole_is_refused_with_the_reason(string json, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Plans.Parse(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("events_per_second", 1, 1_000_000), InlineData("events_burst", 1, 100_000_000), InlineData("events_per_month", 0, 1_000_000_000_000)]
    [InlineData("connections", 0, 100_000), InlineData("rules", 0, 100_000), InlineData("api_calls_per_minute", 1, 100_000_000)]
    [InlineData("concurrent_deliveries", 1, 100_000), InlineData("retention_days", 1, 3_650)]
    public void A_limit_may_be_at_either_end_of_its_range_and_no_further(string field, long min, long max)
    {
        Plans.Parse(With(min));
        Plans.Parse(With(max));
        foreach (var outside in new[] { min - 1, max + 1 })
            Assert.Contains($"{field} must be an integer from {min} to {max}", Assert.Throws<FormatException>(() => Plans.Parse(With(outside))).Message, StringComparison.Ordinal);

        string With(long value) => System.Text.RegularExpressions.Regex.Replace(Repository.Read(File), $"\"{field}\": \\d+", $"\"{field}\": {value}");
    }
}
