using EventMesh.Domain.Limits;
using Xunit;

namespace EventMesh.Tests.Unit.Limits;

public sealed class LimitDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly LimitCommand.NoteExceeded Note = new("events_per_month", "2026-11", 1000, Overage.Soft, "starter", At);
    private static readonly LimitEvent.LimitExceeded Exceeded = new("events_per_month", "2026-11", 1000, Overage.Soft, "starter", At);
    private static readonly Scenario<LimitCommand, Limit, LimitEvent> A = new(Limit.Initial, Limit.Evolve, LimitDecider.Decide);

    [Fact]
    public void A_limit_is_exceeded_once_a_period_whoever_meets_it_and_when()
    {
        A.After().When(Note).HappensOnce(Exceeded);
        A.After(Exceeded).When(Note with { At = At.AddDays(1), Overage = Overage.Hard }).Nothing();
    }

    [Fact]
    public void It_stays_exceeded_since_the_first_time() =>
        Assert.Equal(new Limit.Exceeded(At), A.After(Exceeded, Exceeded with { At = At.AddDays(1) }).State);

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything([Note], A.After(), A.After(Exceeded));
}
