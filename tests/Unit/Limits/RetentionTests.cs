using EventMesh.Domain.Limits;
using EventMesh.EventStore;
using Xunit;

namespace EventMesh.Tests.Unit.Limits;

public class RetentionTests
{
    private static readonly DateTimeOffset Stored = new(2026, 11, 1, 23, 59, 59, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 2, 23, false)]
    [InlineData(1, 3, 0, true)]
    [InlineData(7, 8, 23, false)]
    [InlineData(7, 9, 0, true)]
    public void A_payload_is_there_on_its_day_and_as_many_after_it(int days, int day, int hour, bool over) =>
        Assert.Equal(over, Retention.IsOver(Stored, days, new(2026, 11, day, hour, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Days_are_those_of_universal_time() =>
        Assert.False(Retention.IsOver(Stored, 1, new DateTimeOffset(2026, 11, 3, 1, 0, 0, TimeSpan.FromHours(2))));

    [Fact]
    public void Every_retention_that_a_plan_may_say_has_a_class()
    {
        Assert.DoesNotContain(new LimitOverrides(RetentionDays: RetentionClasses.RetentionDaysMax).Faults(), _ => true);
        Assert.Single(new LimitOverrides(RetentionDays: RetentionClasses.RetentionDaysMax + 1).Faults());
        Assert.All(Plans.Default.Names, plan => Assert.Contains(Plans.Default.Find(plan)!.RetentionDays, Enumerable.Range(1, RetentionClasses.Longest[^1])));
    }
}
