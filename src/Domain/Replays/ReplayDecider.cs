namespace EventMesh.Domain.Replays;

public abstract record ReplayCommand
{
    private ReplayCommand() { }

    public sealed record StartReplay(ReplayKind Kind, ReplayFilter Filter, int RatePerSecond, DateTimeOffset At) : ReplayCommand;
    public sealed record CancelReplay(DateTimeOffset At) : ReplayCommand;
    /// <param name="Id">The replay's own id, <c>rpl_…</c>.</param>
    public sealed record FinishReplay(string Id, ReplayOutcome Outcome, ReplayCounts Counts, string? Reason, DateTimeOffset At) : ReplayCommand;
}

public static class ReplayDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ReplayEvent[] Decide(ReplayCommand command, Replay state) => (command, state) switch
    {
        (ReplayCommand.StartReplay start, Replay.Missing) => [new ReplayEvent.ReplayStarted(start.Kind, start.Filter, start.RatePerSecond, start.At)],
        // The same idempotency key: whoever asks gets the first one.
        (ReplayCommand.StartReplay, _) => [],

        (_, Replay.Missing) => throw new Refused("replay.missing", "There is no such replay."),

        (ReplayCommand.CancelReplay cancel, Replay.Running) => [new ReplayEvent.ReplayCancelled(cancel.At)],
        (ReplayCommand.CancelReplay, Replay.Cancelling or Replay.Ended { How.Outcome: ReplayOutcome.Cancelled }) => [],
        (ReplayCommand.CancelReplay, Replay.Ended) => throw new Refused("replay.ended", "This replay has ended; nothing of it can be cancelled."),

        (ReplayCommand.FinishReplay { Outcome: ReplayOutcome.Cancelled }, Replay.Running) => throw new Refused("replay.running", "Nobody asked that this replay stop."),
        (ReplayCommand.FinishReplay finish, Replay.Running running) => Finished(finish, running.Asked),
        // What was asked to stop may have come to its end first.
        (ReplayCommand.FinishReplay finish, Replay.Cancelling cancelling) => Finished(finish, cancelling.Asked),
        (ReplayCommand.FinishReplay, Replay.Ended) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static ReplayEvent[] Finished(ReplayCommand.FinishReplay finish, ReplayEvent.ReplayStarted asked) =>
        [new ReplayEvent.ReplayFinished(finish.Id, asked.Kind, finish.Outcome, finish.Counts, finish.Reason, asked.At, finish.At)];
}
