using EventMesh.Domain.Connections;
using Xunit;
using static EventMesh.Domain.Connections.CircuitCommand;
using static EventMesh.Domain.Connections.CircuitEvent;

namespace EventMesh.Tests.Unit.Connections;

public class CircuitDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly Scenario<CircuitCommand, Circuit, CircuitEvent> A = new(Circuit.Initial, Circuit.Evolve, CircuitDecider.Decide);

    // A chance of one half moves nothing.
    private static OpenCircuit Open(DateTimeOffset at) => new("con_1", 12, 6, "timeout", 0.5, at);
    private static FailProbe Fail(DateTimeOffset at) => new("con_1", "status", 0.5, at);
    private static CloseCircuit Close(DateTimeOffset at, CircuitClosedBecause reason = CircuitClosedBecause.ProbeSucceeded) => new("con_1", reason, at);
    private static ConnectionCircuitOpened Opened(int inARow, DateTimeOffset at, int seconds) =>
        new("con_1", CircuitOpenedBecause.FailureRate, 12, 6, "timeout", inARow, at.AddSeconds(seconds), at);
    private static ConnectionCircuitOpened Again(int inARow, DateTimeOffset at, int seconds) =>
        new("con_1", CircuitOpenedBecause.ProbeFailed, 1, 1, "status", inARow, at.AddSeconds(seconds), at);

    [Fact]
    public void It_opens_once_for_five_seconds()
    {
        A.After().When(Open(At)).HappensOnce(Opened(1, At, 5));
        Assert.Equal(new Circuit.Open(1, At, At.AddSeconds(5)), A.After(Opened(1, At, 5)).State);
    }

    [Fact]
    public void A_failed_probe_opens_it_again_for_twice_as_long_and_it_has_been_open_since_the_first_time()
    {
        var probed = At.AddSeconds(5);
        A.After(Opened(1, At, 5)).When(Fail(probed)).HappensOnce(Again(2, probed, 10));
        Assert.Equal(new Circuit.Open(2, At, probed.AddSeconds(10)), A.After(Opened(1, At, 5), Again(2, probed, 10)).State);
    }

    [Fact]
    public void A_probe_that_ends_before_it_was_due_says_nothing() => A.After(Opened(1, At, 5)).When(Fail(At.AddSeconds(4.999))).Nothing();

    [Fact]
    public void A_probe_that_ends_after_it_was_closed_by_hand_says_nothing() =>
        A.After(Opened(1, At, 5)).Then(Close(At, CircuitClosedBecause.Asked)).When(Fail(At.AddSeconds(6))).Nothing();

    [Fact]
    public void A_successful_probe_closes_it_once() =>
        A.After(Opened(1, At, 5)).When(Close(At)).HappensOnce(new ConnectionCircuitClosed("con_1", CircuitClosedBecause.ProbeSucceeded, At));

    [Fact]
    public void What_is_closed_is_closed_already() => A.After().When(Close(At, CircuitClosedBecause.Asked)).Nothing();

    [Theory]
    [InlineData(599_999, 2, 10)]
    [InlineData(600_000, 1, 5)]
    public void One_that_opens_again_within_ten_minutes_goes_on_doubling(int millisecondsLater, int inARow, int seconds)
    {
        var later = At.AddMilliseconds(millisecondsLater);
        A.After(Opened(1, At, 5)).Then(Close(At)).When(Open(later)).Happens(Opened(inARow, later, seconds));
    }

    [Fact]
    public void One_that_was_closed_by_hand_begins_anew() =>
        A.After(Opened(4, At, 5)).Then(Close(At, CircuitClosedBecause.Asked)).When(Open(At)).Happens(Opened(1, At, 5));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(6, 160)]
    [InlineData(7, 300)]
    [InlineData(1_000_000, 300)]
    public void It_stays_open_twice_as_long_each_time_up_to_five_minutes(int inARow, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), CircuitDecider.Wait(inARow, 0.5));
        Assert.Equal(seconds * 0.8, CircuitDecider.Wait(inARow, 0).TotalSeconds, 6);
        Assert.InRange(CircuitDecider.Wait(inARow, 0.999999).TotalSeconds, seconds * 1.19, seconds * 1.2);
    }

    /// <summary>A target that answers each probe and then fails ten times at once: what it can write in a day.</summary>
    [Fact]
    public void A_target_that_flaps_all_day_writes_few_events()
    {
        var (state, now, events) = (Circuit.Initial, At, 0);
        while (now < At.AddDays(1))
        {
            Do(Open(now));
            now = ((Circuit.Open)state).Until;
            Do(Close(now));
        }
        Assert.InRange(events, 500, 600);

        void Do(CircuitCommand command)
        {
            foreach (var happened in CircuitDecider.Decide(command, state))
            {
                state = Circuit.Evolve(state, happened);
                events++;
            }
        }
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything([Open(At), Fail(At), Close(At)], A.After(), A.After(Opened(1, At, 5)));
}
