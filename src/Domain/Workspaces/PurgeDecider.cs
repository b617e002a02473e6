namespace EventMesh.Domain.Workspaces;

public abstract record PurgeCommand
{
    private PurgeCommand() { }

    public sealed record Start(string Workspace, PurgedStreams Streams, string AskedBy, DateTimeOffset At) : PurgeCommand;
    public sealed record EndStep(PurgeStep Step, IReadOnlyDictionary<string, long> Counts, DateTimeOffset StartedAt, DateTimeOffset At) : PurgeCommand;
    public sealed record Finish(IReadOnlyList<string> MasterKeys, IReadOnlyList<int> DataKeys, bool BackupsUnreadable, long? LogSize, string? LogRoot, DateTimeOffset At) : PurgeCommand;
}

public static class PurgeDecider
{
    public static readonly IReadOnlyList<PurgeStep> Steps = Enum.GetValues<PurgeStep>();

    /// <summary>The step to take next; null when all are done.</summary>
    public static PurgeStep? Next(Purge state) => state is Purge.Running running && running.Done.Count < Steps.Count ? Steps[running.Done.Count] : null;

    /// <summary>A step that is told twice, by a node that took over, is told once.</summary>
    /// <exception cref="Refused">The step is not the next one, or there are steps left.</exception>
    public static PurgeEvent[] Decide(PurgeCommand command, Purge state) => (command, state) switch
    {
        (PurgeCommand.Start start, Purge.Unknown) => [new PurgeEvent.PurgeStarted(start.Workspace, start.Streams, start.AskedBy, start.At)],
        (PurgeCommand.Start, _) => [],
        (PurgeCommand.EndStep end, Purge.Running running) when running.Done.Any(d => d.Step == end.Step) => [],
        (PurgeCommand.EndStep end, Purge.Running) when Next(state) == end.Step => [new PurgeEvent.PurgeStepDone(end.Step, end.Counts, end.StartedAt, end.At)],
        (PurgeCommand.EndStep, Purge.Finished) => [],
        (PurgeCommand.Finish finish, Purge.Running) when Next(state) is null =>
            [new PurgeEvent.PurgeFinished(finish.MasterKeys, finish.DataKeys, finish.BackupsUnreadable, finish.LogSize, finish.LogRoot, finish.At)],
        (PurgeCommand.Finish, Purge.Finished) => [],
        (PurgeCommand.EndStep or PurgeCommand.Finish, _) => throw new Refused("purge.order", "The purge has not come so far."),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
