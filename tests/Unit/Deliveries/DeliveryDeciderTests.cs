using EventMesh.Domain.Deliveries;
using Xunit;
using static EventMesh.Domain.Deliveries.DeliveryCommand;
using static EventMesh.Domain.Deliveries.DeliveryEvent;

namespace EventMesh.Tests.Unit.Deliveries;

public class DeliveryDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget Of = new("evt_1", At, "con_1", "rul_1");
    private static readonly DeliveryTarget InLine = Of with { Line = "lin_1" };
    private static readonly int[] Schedule = [10, 100];
    private static readonly DeliveryRetryRequested AskedAgainAfterThree = new(Of, 4, At);
    private static readonly DeliveryEvent[] Exhausted = [Failed(1, 10), Failed(2, 100), Failed(3, null), Dead(DeadLetteredBecause.AttemptsExhausted)];
    private static readonly Scenario<DeliveryCommand, Domain.Deliveries.Delivery, DeliveryEvent> A =
        new(Domain.Deliveries.Delivery.Initial, Domain.Deliveries.Delivery.Evolve, DeliveryDecider.Decide);

    [Fact]
    public void A_success_delivers()
    {
        A.After().When(Succeed(1)).HappensOnce(Succeeded(1));
        A.After(Failed(1, 10)).When(Succeed(2)).HappensOnce(Succeeded(2));
        Assert.Equal(new Domain.Deliveries.Delivery.Delivered(2), A.After(Failed(1, 10), Succeeded(2)).State);
    }

    [Fact]
    public void A_failure_is_followed_by_another_attempt_when_the_schedule_says()
    {
        A.After().When(Fail(1)).HappensOnce(Failed(1, 10));
        A.After(Failed(1, 10)).When(Fail(2)).HappensOnce(Failed(2, 100));
        Assert.Equal(new Domain.Deliveries.Delivery.Retrying(1, 0, At.AddSeconds(10)), A.After(Failed(1, 10)).State);
    }

    [Fact]
    public void The_last_failure_dead_letters()
    {
        A.After(Failed(1, 10), Failed(2, 100)).When(Fail(3)).HappensOnce(Failed(3, null), Dead(DeadLetteredBecause.AttemptsExhausted));
        A.After().When(Fail(1) with { Schedule = [] }).HappensOnce(Failed(1, null), Dead(DeadLetteredBecause.AttemptsExhausted));
        Assert.Equal(new Domain.Deliveries.Delivery.DeadLettered(3), A.After(Exhausted).State);
    }

    [Theory]
    [InlineData(Failure.Gone, DeadLetteredBecause.Gone)]
    [InlineData(Failure.AddressRefused, DeadLetteredBecause.AddressRefused)]
    [InlineData(Failure.MappingFailed, DeadLetteredBecause.MappingFailed)]
    [InlineData(Failure.PayloadBroken, DeadLetteredBecause.PayloadBroken)]
    public void What_time_does_not_change_is_not_tried_again(Failure failure, DeadLetteredBecause reason) =>
        A.After().When(Fail(1) with { Failure = failure }).HappensOnce(Failed(1, null), Dead(reason));

    [Theory]
    [InlineData(Failure.CredentialRevoked, DeadLetteredBecause.CredentialRevoked)]
    [InlineData(Failure.CredentialUnauthorized, DeadLetteredBecause.CredentialUnauthorized)]
    [InlineData(Failure.CredentialUnavailable, DeadLetteredBecause.AttemptsExhausted)]
    public void What_waits_for_a_credential_is_tried_again_and_says_so_at_the_end(Failure failure, DeadLetteredBecause reason)
    {
        A.After().When(Fail(1) with { Failure = failure }).Happens(Failed(1, 10));
        A.After().When(Fail(1) with { Failure = failure, Schedule = [] }).HappensOnce(Failed(1, null), Dead(reason));
    }

    [Fact]
    public void A_cause_that_is_mended_soon_shortens_the_wait_and_adds_no_attempt()
    {
        A.After().When(Fail(1) with { Soon = TimeSpan.FromSeconds(2) }).Happens(Failed(1, 2));
        A.After().When(Fail(1) with { Soon = TimeSpan.FromSeconds(11) }).Happens(Failed(1, 10));
        A.After().When(Fail(1) with { Soon = TimeSpan.FromSeconds(2), Schedule = [] }).Happens(Failed(1, null), Dead(DeadLetteredBecause.AttemptsExhausted));
    }

    [Theory]
    [InlineData(Failure.Timeout)]
    [InlineData(Failure.Unreachable)]
    [InlineData(Failure.TlsRefused)]
    [InlineData(Failure.Status)]
    [InlineData(Failure.BadResponse)]
    public void What_may_pass_is_tried_again(Failure failure)
    {
        A.After().When(Fail(1) with { Failure = failure }).Happens(Failed(1, 10));
        Assert.Equal(DeadLetteredBecause.AttemptsExhausted, FailureTable.DeadLetter(failure));
    }

    [Fact]
    public void Every_failure_is_in_the_table() =>
        Assert.All(Enum.GetValues<Failure>(), failure => Assert.True(Enum.IsDefined(FailureTable.Of(failure)) && Enum.IsDefined(FailureTable.DeadLetter(failure))));

    [Fact]
    public void The_target_may_ask_for_more_time() =>
        A.After().When(Fail(1) with { RetryAfter = TimeSpan.FromSeconds(60) }).Happens(Failed(1, 60));

    [Fact]
    public void An_attempt_that_is_not_awaited_changes_nothing()
    {
        foreach (var stale in new[] { 0, 1, 3 })
        {
            A.After(Failed(1, 10)).When(Succeed(stale)).Nothing();
            A.After(Failed(1, 10)).When(Fail(stale)).Nothing();
            A.After(Failed(1, 10)).When(Discard(stale)).Nothing();
        }
    }

    [Fact]
    public void After_the_end_no_outcome_changes_anything()
    {
        DeliveryEvent[][] ends = [[Succeeded(1)], [Failed(1, null), Dead(DeadLetteredBecause.Gone)], [Discarded]];
        foreach (var end in ends)
        {
            foreach (var number in new[] { 1, 2 })
            {
                A.After(end).When(Succeed(number)).Nothing();
                A.After(end).When(Fail(number)).Nothing();
                A.After(end).When(Discard(number)).Nothing();
            }
        }
    }

    [Fact]
    public void It_is_discarded_when_its_connection_is_no_more()
    {
        A.After().When(Discard(1)).HappensOnce(Discarded);
        A.After(Failed(1, 10)).When(Discard(2)).HappensOnce(Discarded);
        Assert.Equal(new Domain.Deliveries.Delivery.Discarded(1), A.After(Failed(1, 10), Discarded).State);
    }

    [Fact]
    public void It_is_sent_again_on_request_from_every_state_but_one()
    {
        A.After(Succeeded(1)).When(Retry).Happens(new DeliveryRetryRequested(Of, 2, At));
        A.After(Failed(1, 10)).When(Retry).Happens(new DeliveryRetryRequested(Of, 2, At));
        A.After(Discarded).When(Retry).Happens(new DeliveryRetryRequested(Of, 1, At));
        A.After(Exhausted).When(Retry).Happens(AskedAgainAfterThree);
    }

    [Fact]
    public void A_second_request_before_the_outcome_is_refused()
    {
        A.After().When(Retry).Refused("delivery.scheduled");
        A.After(Exhausted).Then(Retry).When(Retry).Refused("delivery.scheduled");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4.999, false)]
    [InlineData(5, false)]
    [InlineData(5.001, true)]
    public void A_request_shortly_before_the_automatic_attempt_changes_nothing(double secondsBefore, bool sends)
    {
        var asked = A.After(Failed(1, 10)).When(Retry with { At = At.AddSeconds(10 - secondsBefore) });
        if (sends) asked.Happens(new DeliveryRetryRequested(Of, 2, At.AddSeconds(10 - secondsBefore)));
        else asked.Nothing();
        A.After(Failed(1, 10)).When(Retry with { At = At.AddSeconds(60) }).Nothing();
    }

    [Fact]
    public void A_request_begins_the_schedule_anew()
    {
        var asked = A.After([.. Exhausted, AskedAgainAfterThree]);
        Assert.Equal(new Domain.Deliveries.Delivery.Scheduled(3, 3), asked.State);
        asked.When(Fail(4)).Happens(Failed(4, 10));
        asked.Then(Fail(4)).When(Fail(5)).Happens(Failed(5, 100));
        asked.Then(Fail(4)).Then(Fail(5)).When(Fail(6)).Happens(Failed(6, null), Dead(DeadLetteredBecause.AttemptsExhausted));
        asked.When(Succeed(4)).HappensOnce(Succeeded(4));
    }

    [Fact]
    public void The_timer_of_an_attempt_that_was_asked_for_earlier_is_stale_afterwards()
    {
        var hurried = A.After(Failed(1, 10)).Then(Retry).Then(Fail(2));
        hurried.When(Succeed(2)).Nothing();
        Assert.False(DeliveryDecider.Awaits(hurried.State, 2));
        Assert.True(DeliveryDecider.Awaits(hurried.State, 3));
    }

    [Fact]
    public void It_is_skipped_while_it_holds_its_line()
    {
        var skipped = new DeliveryDiscarded(InLine, DiscardedBecause.Skipped, At);
        A.After().When(SkipOfHead).HappensOnce(skipped);
        A.After(Failed(1, 10)).When(SkipOfHead).HappensOnce(skipped);
        A.After(Exhausted).When(SkipOfHead).HappensOnce(skipped);
        A.After(Succeeded(1)).When(SkipOfHead).Nothing();
        A.After(Discarded).When(SkipOfHead).Nothing();
        A.After(Failed(1, 10)).Then(SkipOfHead).When(Succeed(2)).Nothing();
    }

    [Fact]
    public void What_is_over_is_sent_again_outside_of_its_line_and_what_is_not_inside()
    {
        var asked = Retry with { Of = InLine };
        A.After(Succeeded(1)).When(asked).Happens(new DeliveryRetryRequested(Of, 2, At));
        A.After(Discarded).When(asked).Happens(new DeliveryRetryRequested(Of, 1, At));
        A.After(Failed(1, 10)).When(asked).Happens(new DeliveryRetryRequested(InLine, 2, At));
        A.After(Exhausted).When(asked).Happens(new DeliveryRetryRequested(InLine, 4, At));
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [Succeed(1), Fail(1), Discard(1), Retry, SkipOfHead],
        A.After(), A.After(Failed(1, 10)), A.After(Succeeded(1)), A.After(Exhausted), A.After(Discarded));

    private static SkipDelivery SkipOfHead => new(InLine, At);

    private static RetryDelivery Retry => new(Of, At);

    private static DeliveryDiscarded Discarded => new(Of, DiscardedBecause.ConnectionDeleted, At);

    private static RecordSuccess Succeed(int number) => new(Of, Try(number, "delivered"), At);

    private static DiscardDelivery Discard(int number) => new(Of, number, DiscardedBecause.ConnectionDeleted, At);

    /// <summary>With the middle of the jitter, so that waits are those of the schedule.</summary>
    private static RecordFailure Fail(int number) => new(Of, Try(number, "timeout"), Failure.Timeout, Schedule, null, 0.5, At);

    private static DeliverySucceeded Succeeded(int number) => new(Of, Try(number, "delivered"), At);

    private static DeliveryAttemptFailed Failed(int number, int? waitSeconds) =>
        new(Of, Try(number, "timeout"), waitSeconds is { } seconds ? At.AddSeconds(seconds) : null, At);

    private static DeliveryDeadLettered Dead(DeadLetteredBecause reason) => new(Of, reason, At);

    private static Attempt Try(int number, string outcome) => new(number, At, 12.5, outcome, null, null, 0);
}
