using EventMesh.Domain.Deliveries;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Deliveries;

public class RetryScheduleTests
{
    private static readonly Arbitrary<double> Chance = Gen.Choose(0, 999_999).Select(n => n / 1_000_000.0).ToArbitrary();
    private static readonly Arbitrary<(int[] Schedule, int Failures)> Step = (
        from schedule in Gen.Choose(0, RetrySchedule.StepSecondsMax).NonEmptyListOf()
        from failures in Gen.Choose(1, schedule.Count)
        select (schedule.ToArray(), failures)).ToArbitrary();

    [Fact]
    public void The_default_is_that_of_Standard_Webhooks() =>
        Assert.Equal([5, 300, 1800, 7200, 18000, 36000, 36000], RetrySchedule.Default);

    [Fact]
    public void A_wait_is_within_a_fifth_of_its_step() => Prop.ForAll(Step, Chance, (step, chance) =>
    {
        var seconds = step.Schedule[step.Failures - 1];
        var wait = RetrySchedule.Wait(step.Schedule, step.Failures, null, chance)!.Value.TotalSeconds;
        return wait >= (seconds * 0.8) - 1e-6 && wait <= (seconds * 1.2) + 1e-6;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Chance_spreads_over_the_whole_of_it()
    {
        Assert.Equal(80, RetrySchedule.Wait([100], 1, null, 0)!.Value.TotalSeconds, 6);
        Assert.Equal(100, RetrySchedule.Wait([100], 1, null, 0.5)!.Value.TotalSeconds, 6);
        Assert.Equal(120, RetrySchedule.Wait([100], 1, null, 0.999999999)!.Value.TotalSeconds, 5);
    }

    [Fact]
    public void A_target_that_asks_for_more_time_gets_it_up_to_a_day() => Prop.ForAll(Step, Chance, Gen.Choose(-10, 200_000).ToArbitrary(), (step, chance, asked) =>
    {
        var own = RetrySchedule.Wait(step.Schedule, step.Failures, null, chance)!.Value;
        var wait = RetrySchedule.Wait(step.Schedule, step.Failures, TimeSpan.FromSeconds(asked), chance)!.Value;
        var bounded = Math.Min(asked, RetrySchedule.RetryAfterMax.TotalSeconds);
        return wait >= own && wait.TotalSeconds >= bounded && (wait == own || wait.TotalSeconds == bounded);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_used_up_schedule_has_no_next_attempt_whatever_the_target_asks() => Prop.ForAll(Step, Chance, (step, chance) =>
        RetrySchedule.Wait(step.Schedule, step.Schedule.Length + 1, TimeSpan.FromSeconds(1), chance) is null).QuickCheckThrowOnFailure();
}
