using EventMesh.Domain.Replays;
using Xunit;
using static EventMesh.Domain.Replays.ReplayCommand;
using static EventMesh.Domain.Replays.ReplayEvent;

namespace EventMesh.Tests.Unit.Replays;

public class ReplayDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly ReplayFilter Filter = new(At.AddDays(-1), At, null, null, null, ["dead_lettered"]);
    private static readonly StartReplay Start = new(ReplayKind.Deliveries, Filter, 50, At);
    private static readonly ReplayStarted Started = new(ReplayKind.Deliveries, Filter, 50, At);
    private static readonly CancelReplay Cancel = new(At.AddSeconds(1));
    private static readonly ReplayCancelled Cancelled = new(At.AddSeconds(1));
    private static readonly ReplayCounts Counts = new(3, 2, [new(SkippedBecause.Changed, 1)]);
    private static readonly FinishReplay Finish = new("rpl_1", ReplayOutcome.Finished, Counts, null, At.AddSeconds(9));
    private static readonly Scenario<ReplayCommand, Replay, ReplayEvent> A = new(Replay.Initial, Replay.Evolve, ReplayDecider.Decide);

    [Fact]
    public void It_is_started_once() => A.After().When(Start).HappensOnce(Started);

    [Fact]
    public void A_second_start_under_its_name_changes_nothing() => A.After(Started).When(Start with { RatePerSecond = 1 }).Nothing();

    [Fact]
    public void It_is_cancelled_once() => A.After(Started).When(Cancel).HappensOnce(Cancelled);

    [Fact]
    public void Its_end_names_it_says_what_it_was_and_what_became_of_it() => A.After(Started).When(Finish)
        .HappensOnce(new ReplayFinished("rpl_1", ReplayKind.Deliveries, ReplayOutcome.Finished, Counts, null, At, At.AddSeconds(9)));

    [Fact]
    public void It_ends_as_cancelled_when_somebody_asked() => A.After(Started, Cancelled).When(Finish with { Outcome = ReplayOutcome.Cancelled })
        .HappensOnce(new ReplayFinished("rpl_1", ReplayKind.Deliveries, ReplayOutcome.Cancelled, Counts, null, At, At.AddSeconds(9)));

    [Fact]
    public void It_does_not_end_as_cancelled_when_nobody_asked() => A.After(Started).When(Finish with { Outcome = ReplayOutcome.Cancelled }).Refused("replay.running");

    [Fact]
    public void It_may_come_to_its_end_before_the_cancel_does()
    {
        var finished = Assert.IsType<ReplayFinished>(Assert.Single(A.After(Started, Cancelled).When(Finish).Events));
        Assert.Equal(ReplayOutcome.Finished, finished.Outcome);
        A.After(Started).Then(Finish).When(Cancel).Refused("replay.ended");
    }

    [Fact]
    public void Cancelling_what_was_cancelled_changes_nothing() =>
        A.After(Started, Cancelled).Then(Finish with { Outcome = ReplayOutcome.Cancelled }).When(Cancel).Nothing();

    [Fact]
    public void What_was_never_started_is_missing()
    {
        A.After().When(Cancel).Refused("replay.missing");
        A.After().When(Finish).Refused("replay.missing");
    }

    [Fact]
    public void Everything_is_decided() => A.DecidesEverything([Start, Cancel, Finish], A.After(), A.After(Started), A.After(Started, Cancelled), A.After(Started).Then(Finish));
}
