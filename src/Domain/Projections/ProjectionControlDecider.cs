namespace EventMesh.Domain.Projections;

public abstract record ProjectionCommand
{
    private ProjectionCommand() { }

    public sealed record PauseProjection(DateTimeOffset At) : ProjectionCommand;
    public sealed record ResumeProjection(DateTimeOffset At) : ProjectionCommand;

    /// <param name="Position">The event that whoever asks has looked at.</param>
    /// <param name="StoppedAt">The event that it stands at; null when it does not stand.</param>
    public sealed record SkipEvent(string Position, string? StoppedAt, DateTimeOffset At) : ProjectionCommand;

    /// <param name="StoppedAt">The event that it stands at; null when it does not stand.</param>
    public sealed record RetryEvent(string? StoppedAt, DateTimeOffset At) : ProjectionCommand;
    public sealed record FinishRebuild(string Rebuild, string? Workspace, RebuildOutcome Outcome, long Events, DateTimeOffset At) : ProjectionCommand;
}

public static class ProjectionControlDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The projection does not stand at that event.</exception>
    public static ProjectionEvent[] Decide(ProjectionCommand command, ProjectionControl state) => command switch
    {
        ProjectionCommand.PauseProjection when state.Paused => [],
        ProjectionCommand.PauseProjection pause => [new ProjectionEvent.ProjectionPaused(pause.At)],
        ProjectionCommand.ResumeProjection when !state.Paused => [],
        ProjectionCommand.ResumeProjection resume => [new ProjectionEvent.ProjectionResumed(resume.At)],

        ProjectionCommand.SkipEvent skip when state.Skipped.Contains(skip.Position) => [],
        ProjectionCommand.SkipEvent { StoppedAt: null } => throw NotStopped(),
        ProjectionCommand.SkipEvent skip when skip.Position != skip.StoppedAt => throw new Refused("projection.elsewhere", $"It stopped at {skip.StoppedAt}, not at {skip.Position}."),
        ProjectionCommand.SkipEvent skip => [new ProjectionEvent.ProjectionEventSkipped(skip.Position, skip.At)],

        ProjectionCommand.RetryEvent { StoppedAt: null } => throw NotStopped(),
        ProjectionCommand.RetryEvent retry => [new ProjectionEvent.ProjectionRetried(retry.StoppedAt, retry.At)],

        ProjectionCommand.FinishRebuild finish when finish.Rebuild == state.LastRebuild => [],
        ProjectionCommand.FinishRebuild finish => [new ProjectionEvent.ProjectionRebuilt(finish.Rebuild, finish.Workspace, finish.Outcome, finish.Events, finish.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name}."),
    };

    private static Refused NotStopped() => new("projection.runs", "The projection has not stopped at an event.");
}
