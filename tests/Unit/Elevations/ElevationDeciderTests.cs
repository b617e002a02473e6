using EventMesh.Domain.Access;
using Xunit;

namespace EventMesh.Tests.Unit.Elevations;

public class ElevationDeciderTests
{
    private const string Ann = "adm_ann", Bob = "adm_bob";
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly ElevationCommand.RequestElevation Ask = new(Ann, Role.Operator | Role.Auditor, "Look into ticket 4711", 3600, At);
    private static readonly ElevationEvent.ElevationRequested Asked = new(Ann, ["operator", "auditor"], "Look into ticket 4711", 3600, At);
    private static readonly ElevationCommand.ApproveElevation Approve = new(Bob, At.AddMinutes(5));
    private static readonly ElevationEvent.ElevationApproved Approved = new(Ann, ["operator", "auditor"], Bob, At.AddMinutes(65), At.AddMinutes(5));
    private static readonly ElevationCommand.RefuseElevation Refuse = new(Bob, At.AddMinutes(5));
    private static readonly ElevationEvent.ElevationRefused Refused = new(Bob, At.AddMinutes(5));
    private static readonly ElevationCommand.EndElevation End = new(Ann, At.AddMinutes(10));
    private static readonly ElevationEvent.ElevationEnded Ended = new(Ann, Ann, At.AddMinutes(10));
    private static readonly Scenario<ElevationCommand, Elevation, ElevationEvent> An = new(Elevation.Initial, Elevation.Evolve, ElevationDecider.Decide);

    [Fact]
    public void It_is_asked_for_once()
    {
        An.After().When(Ask).Happens(Asked);
        An.After(Asked).When(Ask).Refused("elevation.exists");
    }

    [Fact]
    public void Another_approves_and_its_time_runs_from_then() => An.After(Asked).When(Approve).HappensOnce(Approved);

    [Fact]
    public void Nobody_decides_on_their_own()
    {
        An.After(Asked).When(Approve with { By = Ann }).Refused("elevation.own");
        An.After(Asked).When(Refuse with { By = Ann }).Refused("elevation.own");
    }

    [Fact]
    public void It_is_refused_once_and_for_all()
    {
        An.After(Asked).When(Refuse).HappensOnce(Refused);
        An.After(Asked, Refused).When(Approve).Refused("elevation.decided");
        An.After(Asked, Approved).When(Refuse).Refused("elevation.decided");
        An.After(Asked, Approved).When(Approve with { By = "key_1" }).Refused("elevation.decided");
    }

    [Fact]
    public void A_request_can_be_decided_for_24_hours_and_not_a_moment_longer()
    {
        var last = At.AddHours(24).AddTicks(-10);
        Assert.Equal(last.AddHours(1), Assert.IsType<ElevationEvent.ElevationApproved>(Assert.Single(An.After(Asked).When(Approve with { At = last }).Events)).EndsAt);
        An.After(Asked).When(Approve with { At = At.AddHours(24) }).Refused("elevation.lapsed");
        An.After(Asked).When(Refuse with { At = At.AddHours(24) }).Refused("elevation.lapsed");
        An.After(Asked).When(End with { At = At.AddHours(24) }).Nothing();
    }

    [Theory]
    [InlineData(Ann), InlineData(Bob), InlineData("key_operator")]
    public void It_is_ended_at_once_by_whoever_may(string by) => An.After(Asked, Approved).When(End with { By = by }).HappensOnce(Ended with { By = by });

    [Fact]
    public void A_request_is_taken_back()
    {
        An.After(Asked).When(End).HappensOnce(Ended);
        An.After(Asked, Ended).When(Approve).Refused("elevation.decided");
    }

    [Fact]
    public void What_is_over_has_nothing_to_end()
    {
        An.After(Asked, Approved).When(End with { At = Approved.EndsAt.AddTicks(-10) }).Happens(Ended with { At = Approved.EndsAt.AddTicks(-10) });
        An.After(Asked, Approved).When(End with { At = Approved.EndsAt }).Nothing();
        An.After(Asked, Approved).When(Approve with { At = Approved.EndsAt }).Refused("elevation.decided");
        An.After(Asked, Refused).When(End).Nothing();
    }

    [Fact]
    public void One_that_is_missing_is_not_there()
    {
        An.After().When(Approve).Refused("elevation.missing");
        An.After().When(Refuse).Refused("elevation.missing");
        An.After().When(End).Refused("elevation.missing");
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() =>
        An.DecidesEverything([Ask, Approve, Refuse, End], An.After(), An.After(Asked), An.After(Asked, Approved), An.After(Asked, Refused), An.After(Asked, Approved, Ended));
}
