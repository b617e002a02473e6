namespace EventMesh.Domain.Deliveries;

/// <summary>
/// What has happened to a delivery, and what it therefore is. A delivery is born in <c>EventRouted</c> on its event's stream, so its own stream
/// starts with the first outcome and its initial state is <see cref="Delivery.Scheduled"/>.
/// </summary>
public abstract record DeliveryEvent
{
    private DeliveryEvent() { }

    public abstract DeliveryTarget Of { get; init; }
    public abstract DateTimeOffset At { get; init; }

    public sealed record DeliverySucceeded(DeliveryTarget Of, Attempt Attempt, DateTimeOffset At) : DeliveryEvent;
    /// <param name="RetryAt">When the next attempt is due; null when there is none.</param>
    public sealed record DeliveryAttemptFailed(DeliveryTarget Of, Attempt Attempt, DateTimeOffset? RetryAt, DateTimeOffset At) : DeliveryEvent;
    public sealed record DeliveryDeadLettered(DeliveryTarget Of, DeadLetteredBecause Reason, DateTimeOffset At) : DeliveryEvent;
    public sealed record DeliveryDiscarded(DeliveryTarget Of, DiscardedBecause Reason, DateTimeOffset At) : DeliveryEvent;
    public sealed record DeliveryRetryRequested(DeliveryTarget Of, int Attempt, DateTimeOffset At) : DeliveryEvent;
}

/// <summary>What a delivery delivers where: enough to send it again without asking anybody.</summary>
/// <param name="Line">Where it stands in line, <c>lin_…</c>; null when it stands alone, as one does that is sent again after it had left its line.</param>
public sealed record DeliveryTarget(string Event, DateTimeOffset AcceptedAt, string Connection, string Rule, string? Line = null);

/// <summary>One try.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Outcome"><c>delivered</c>, or the failure's name in snake_case.</param>
/// <param name="ResponseBytes">How much of the response was kept as a payload beside the event; 0 for none.</param>
/// <param name="RequestBytes">The body that a mapping made and that was kept likewise; null when the event itself was sent, or nothing.</param>
public sealed record Attempt(int Number, DateTimeOffset StartedAt, double DurationMs, string Outcome, int? HttpStatus, string? Error, int ResponseBytes, int? RequestBytes = null);

public enum DeadLetteredBecause { AttemptsExhausted, Gone, AddressRefused, MappingFailed, CredentialRevoked, CredentialUnauthorized, PayloadBroken }

public enum DiscardedBecause { ConnectionDisabled, ConnectionDeleted, PayloadExpired, Skipped }

public abstract record Delivery
{
    private Delivery(int attempts) => Attempts = attempts;

    /// <summary>How many tries were made.</summary>
    public int Attempts { get; }

    /// <summary>Waits for attempt <c>Attempts + 1</c>, as soon as may be. <paramref name="RetryRound"/>: tries made before somebody asked for another round.</summary>
    public sealed record Scheduled(int Tried, int RetryRound) : Delivery(Tried);
    public sealed record Retrying(int Tried, int RetryRound, DateTimeOffset NextAttemptAt) : Delivery(Tried);
    public sealed record Delivered(int Tried) : Delivery(Tried);
    public sealed record DeadLettered(int Tried) : Delivery(Tried);
    public sealed record Discarded(int Tried) : Delivery(Tried);

    public static readonly Delivery Initial = new Scheduled(0, 0);

    public static Delivery Evolve(Delivery state, DeliveryEvent happened) => happened switch
    {
        DeliveryEvent.DeliverySucceeded succeeded => new Delivered(succeeded.Attempt.Number),
        DeliveryEvent.DeliveryAttemptFailed { RetryAt: { } retryAt } failed => new Retrying(failed.Attempt.Number, RoundOf(state), retryAt),
        // Without a next attempt the same decision dead-letters it; the number is kept for the event that follows.
        DeliveryEvent.DeliveryAttemptFailed failed => new Scheduled(failed.Attempt.Number, RoundOf(state)),
        DeliveryEvent.DeliveryDeadLettered => new DeadLettered(state.Attempts),
        DeliveryEvent.DeliveryDiscarded => new Discarded(state.Attempts),
        DeliveryEvent.DeliveryRetryRequested => new Scheduled(state.Attempts, state.Attempts),
        _ => state,
    };

    private static int RoundOf(Delivery state) => state switch
    {
        Scheduled scheduled => scheduled.RetryRound,
        Retrying retrying => retrying.RetryRound,
        _ => state.Attempts,
    };
}
