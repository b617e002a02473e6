namespace EventMesh.Domain.Limits;

public abstract record LimitCommand
{
    private LimitCommand() { }

    public sealed record NoteExceeded(string Limit, string Period, long Allowed, Overage Overage, string Plan, DateTimeOffset At) : LimitCommand;
}

public static class LimitDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when the period has its note.</summary>
    public static LimitEvent[] Decide(LimitCommand command, Limit state) => (command, state) switch
    {
        (LimitCommand.NoteExceeded note, Limit.Kept) => [new LimitEvent.LimitExceeded(note.Limit, note.Period, note.Allowed, note.Overage, note.Plan, note.At)],
        (LimitCommand.NoteExceeded, Limit.Exceeded) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
