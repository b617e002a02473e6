namespace EventMesh.Domain.Replays;

/// <summary>What has happened to a replay, and what it therefore is. How far it has come while it runs is not here: that changes several times a second.</summary>
public abstract record ReplayEvent
{
    private ReplayEvent() { }

    /// <summary>Somebody asked for it.</summary>
    /// <param name="RatePerSecond">Deliveries a second, at most.</param>
    public sealed record ReplayStarted(ReplayKind Kind, ReplayFilter Filter, int RatePerSecond, DateTimeOffset At) : ReplayEvent;
    /// <summary>Somebody asked that it stop.</summary>
    public sealed record ReplayCancelled(DateTimeOffset At) : ReplayEvent;
    /// <summary>It has ended, in whatever way.</summary>
    /// <param name="Reason">Why it failed; null unless it did.</param>
    public sealed record ReplayFinished(
        string Replay, ReplayKind Kind, ReplayOutcome Outcome, ReplayCounts Counts, string? Reason, DateTimeOffset StartedAt, DateTimeOffset At) : ReplayEvent;
}

/// <summary><see cref="Deliveries"/>: those there are, once more. <see cref="Missing"/>: those that today's rules would make and that there are not.</summary>
public enum ReplayKind { Deliveries, Missing }

public enum ReplayOutcome { Finished, Cancelled, Failed }

/// <summary>What is replayed. What is null is not asked for.</summary>
/// <param name="Since">The event was accepted then or later.</param>
/// <param name="Until">The event was accepted before.</param>
/// <param name="Types">Types of events; <c>*</c> stands for any run of characters.</param>
/// <param name="Statuses">What the deliveries are, in the words of the API; null for missing ones, which are nothing yet.</param>
public sealed record ReplayFilter(
    DateTimeOffset Since, DateTimeOffset Until, IReadOnlyList<string>? Types, string? Connection, string? Rule, IReadOnlyList<string>? Statuses);

/// <summary>Deliveries. In the end <paramref name="Found"/> is what was done, what was skipped, and what a cancel left.</summary>
/// <param name="Found">How many there were to replay when it began; null when it ended before that was counted.</param>
public sealed record ReplayCounts(long? Found, long Done, IReadOnlyList<SkippedCount> Skipped);

public sealed record SkippedCount(SkippedBecause Because, long Count);

public enum SkippedBecause
{
    /// <summary>An attempt is due already: it is on its way.</summary>
    DueAlready,
    /// <summary>It is no longer what it was when the replay began: somebody else asked, or an attempt was made.</summary>
    Changed,
    PayloadExpired,
    ConnectionDisabled,
    ConnectionDeleted,
    /// <summary>The rule was disabled or deleted since the replay began.</summary>
    RuleGone,
}

public abstract record Replay
{
    private Replay() { }

    public sealed record Missing : Replay;
    public sealed record Running(ReplayEvent.ReplayStarted Asked) : Replay;
    public sealed record Cancelling(ReplayEvent.ReplayStarted Asked) : Replay;
    public sealed record Ended(ReplayEvent.ReplayStarted Asked, ReplayEvent.ReplayFinished How) : Replay;

    public static readonly Replay Initial = new Missing();

    public static Replay Evolve(Replay state, ReplayEvent happened) => (state, happened) switch
    {
        (_, ReplayEvent.ReplayStarted started) => new Running(started),
        (Running running, ReplayEvent.ReplayCancelled) => new Cancelling(running.Asked),
        (Running running, ReplayEvent.ReplayFinished finished) => new Ended(running.Asked, finished),
        (Cancelling cancelling, ReplayEvent.ReplayFinished finished) => new Ended(cancelling.Asked, finished),
        _ => state,
    };
}
