namespace EventMesh.Domain.Deliveries;

public abstract record DeliveryCommand
{
    private DeliveryCommand() { }

    public sealed record RecordSuccess(DeliveryTarget Of, Attempt Attempt, DateTimeOffset At) : DeliveryCommand;
    /// <param name="Schedule">Seconds before each further attempt.</param>
    /// <param name="RetryAfter">What the target asked for with 429 or 503.</param>
    /// <param name="Chance">From the edge, in [0, 1): spreads the retries of deliveries that failed together.</param>
    /// <param name="Soon">The cause is known and mended by then: a retry that the schedule allows comes no later than after this.</param>
    public sealed record RecordFailure(
        DeliveryTarget Of, Attempt Attempt, Failure Failure, IReadOnlyList<int> Schedule, TimeSpan? RetryAfter, double Chance, DateTimeOffset At, TimeSpan? Soon = null) : DeliveryCommand;
    public sealed record DiscardDelivery(DeliveryTarget Of, int Attempt, DiscardedBecause Reason, DateTimeOffset At) : DeliveryCommand;
    /// <summary>Takes it out of its line, whatever it waits for, so that the next may go.</summary>
    public sealed record SkipDelivery(DeliveryTarget Of, DateTimeOffset At) : DeliveryCommand;
    public sealed record RetryDelivery(DeliveryTarget Of, DateTimeOffset At) : DeliveryCommand;
}

public static class DeliveryDecider
{
    /// <summary>
    /// How long before it is due an automatic attempt counts as on its way: a request for another one then changes nothing. Longer than a decision takes to be
    /// stored, so that one made before is in the log when the automatic attempt looks there, and finds itself overtaken.
    /// </summary>
    public static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(5);

    /// <summary>The events that <paramref name="command"/> leads to; none when its attempt is not the one this delivery waits for (a repeat, or a
    /// stale timer), and when a retry is asked for while the automatic one is on its way.</summary>
    /// <exception cref="Refused">A retry was asked for a delivery whose attempt is due already.</exception>
    public static DeliveryEvent[] Decide(DeliveryCommand command, Delivery state) => (command, state) switch
    {
        (DeliveryCommand.RecordSuccess success, _) when Awaits(state, success.Attempt.Number) =>
            [new DeliveryEvent.DeliverySucceeded(success.Of, success.Attempt, success.At)],
        (DeliveryCommand.RecordFailure failure, Delivery.Scheduled scheduled) when Awaits(state, failure.Attempt.Number) => Failed(failure, scheduled.RetryRound),
        (DeliveryCommand.RecordFailure failure, Delivery.Retrying retrying) when Awaits(state, failure.Attempt.Number) => Failed(failure, retrying.RetryRound),
        (DeliveryCommand.DiscardDelivery discard, _) when Awaits(state, discard.Attempt) =>
            [new DeliveryEvent.DeliveryDiscarded(discard.Of, discard.Reason, discard.At)],
        (DeliveryCommand.RecordSuccess or DeliveryCommand.RecordFailure or DeliveryCommand.DiscardDelivery, _) => [],

        (DeliveryCommand.SkipDelivery, Delivery.Delivered or Delivery.Discarded) => [],
        (DeliveryCommand.SkipDelivery skip, _) => [new DeliveryEvent.DeliveryDiscarded(skip.Of, DiscardedBecause.Skipped, skip.At)],

        (DeliveryCommand.RetryDelivery, Delivery.Scheduled) => throw new Refused("delivery.scheduled", "An attempt of this delivery is due already; wait for its outcome."),
        (DeliveryCommand.RetryDelivery retry, Delivery.Retrying retrying) when retrying.NextAttemptAt - retry.At <= OnItsWay => [],
        // What is over has left its line: the line has gone on, and this one is sent outside of it.
        (DeliveryCommand.RetryDelivery retry, Delivery.Delivered or Delivery.Discarded) =>
            [new DeliveryEvent.DeliveryRetryRequested(retry.Of with { Line = null }, state.Attempts + 1, retry.At)],
        (DeliveryCommand.RetryDelivery retry, _) => [new DeliveryEvent.DeliveryRetryRequested(retry.Of, state.Attempts + 1, retry.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    /// <summary>Whether a dispatch for attempt <paramref name="number"/> still has work to do.</summary>
    public static bool Awaits(Delivery state, int number) => state is Delivery.Scheduled or Delivery.Retrying && state.Attempts + 1 == number;

    private static DeliveryEvent[] Failed(DeliveryCommand.RecordFailure failure, int retryRound)
    {
        var wait = FailureTable.Of(failure.Failure) switch
        {
            AfterFailure.Retry => RetrySchedule.Wait(failure.Schedule, failure.Attempt.Number - retryRound, failure.RetryAfter, failure.Chance),
            _ => null,
        };
        if (wait > failure.Soon) wait = failure.Soon;
        return wait is { } delay
            ? [new DeliveryEvent.DeliveryAttemptFailed(failure.Of, failure.Attempt, failure.At + delay, failure.At)]
            : [new DeliveryEvent.DeliveryAttemptFailed(failure.Of, failure.Attempt, null, failure.At),
               new DeliveryEvent.DeliveryDeadLettered(failure.Of, FailureTable.DeadLetter(failure.Failure), failure.At)];
    }
}
