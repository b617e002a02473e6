using EventMesh.Domain.Limits;

namespace EventMesh.Domain.Workspaces;

public abstract record WorkspaceCommand
{
    private WorkspaceCommand() { }

    public sealed record CreateWorkspace(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset At) : WorkspaceCommand;
    /// <summary>Null leaves as it is; <see cref="LimitOverrides.None"/> takes every override away.</summary>
    public sealed record ChangeWorkspace(string? Plan, LimitOverrides? Limits, DateTimeOffset At) : WorkspaceCommand;

    /// <param name="Origins">Each as browsers write it, none twice.</param>
    public sealed record SetOrigins(IReadOnlyList<string> Origins, DateTimeOffset At) : WorkspaceCommand;

    /// <param name="Urls">None twice.</param>
    public sealed record SetWitnesses(IReadOnlyList<string> Urls, DateTimeOffset At) : WorkspaceCommand;

    public sealed record Suspend(SuspendedBecause Reason, DateTimeOffset At) : WorkspaceCommand;
    public sealed record Resume(DateTimeOffset At) : WorkspaceCommand;

    /// <param name="Export">The export of everything that was begun; null for none.</param>
    public sealed record Close(TimeSpan Grace, PurgedStreams Streams, string? Export, DateTimeOffset At) : WorkspaceCommand;
    public sealed record CancelClosing(DateTimeOffset At) : WorkspaceCommand;

    /// <summary>Begin to destroy it, when its grace period is over.</summary>
    public sealed record BeginPurge(DateTimeOffset At) : WorkspaceCommand;

    /// <param name="Paths">Each one that can be read, none twice; null for none named.</param>
    public sealed record SetRedaction(IReadOnlyList<string>? Paths, DateTimeOffset At) : WorkspaceCommand;
}

public static class WorkspaceDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The id is taken, or there is no such workspace.</exception>
    public static WorkspaceEvent[] Decide(WorkspaceCommand command, Workspace state) => (command, state) switch
    {
        (WorkspaceCommand.CreateWorkspace create, Workspace.Missing) =>
            [new WorkspaceEvent.WorkspaceCreated(create.Id, create.Name, create.Plan, create.Environment, create.Region, create.At)],
        (WorkspaceCommand.CreateWorkspace create, Workspace.Open or Workspace.Purging) =>
            throw new Refused("workspace.exists", $"A workspace named {create.Id} exists already; choose another id."),

        (_, Workspace.Missing) => throw new Refused("workspace.missing", "There is no such workspace."),
        // Done before, perhaps by another node.
        (WorkspaceCommand.BeginPurge, Workspace.Purging) => [],
        (_, Workspace.Purging) => throw new Refused("workspace.purging", "What is in the workspace is being destroyed; there is no way back."),
        (WorkspaceCommand.ChangeWorkspace change, Workspace.Open open) => Changed(change, open),
        (WorkspaceCommand.SetOrigins set, Workspace.Open open) =>
            set.Origins.SequenceEqual(open.AllowedOrigins, StringComparer.Ordinal) ? [] : [new WorkspaceEvent.WorkspaceOriginsChanged(set.Origins, set.At)],
        (WorkspaceCommand.SetWitnesses set, Workspace.Open open) =>
            set.Urls.SequenceEqual(open.Witnesses, StringComparer.Ordinal) ? [] : [new WorkspaceEvent.WorkspaceWitnessesChanged(set.Urls, set.At)],
        (WorkspaceCommand.SetRedaction set, Workspace.Open open) => Same(set.Paths, open.RedactedPaths) ? [] : [new WorkspaceEvent.WorkspaceRedactionChanged(set.Paths, set.At)],

        (WorkspaceCommand.Suspend suspend, Workspace.Open open) => open.Suspension?.Reason == suspend.Reason ? [] : [new WorkspaceEvent.WorkspaceSuspended(suspend.Reason, suspend.At)],
        (WorkspaceCommand.Resume, Workspace.Open { Closing: not null }) => throw new Refused("workspace.closing", "The workspace is closing; cancel that first."),
        (WorkspaceCommand.Resume resume, Workspace.Open open) => open.Suspension is null ? [] : [new WorkspaceEvent.WorkspaceResumed(resume.At)],

        (WorkspaceCommand.Close close, Workspace.Open { Closing: { } before }) => before.Streams == close.Streams && before.Until == before.Since + close.Grace && (close.Export ?? before.Export) == before.Export
            ? [] : throw new Refused("workspace.closing", "The workspace is closing already; cancel that first to close it in another way."),
        (WorkspaceCommand.Close close, Workspace.Open) => [new WorkspaceEvent.WorkspaceClosing(close.At + close.Grace, close.Streams, close.Export, close.At)],
        (WorkspaceCommand.CancelClosing cancel, Workspace.Open open) => open.Closing is null ? [] : [new WorkspaceEvent.WorkspaceClosingCancelled(cancel.At)],
        (WorkspaceCommand.BeginPurge begin, Workspace.Open { Closing: { } closing }) when closing.Until <= begin.At => [new WorkspaceEvent.WorkspacePurging(begin.At)],
        (WorkspaceCommand.BeginPurge, Workspace.Open) => throw new Refused("workspace.open", "Its grace period is not over, or it is not closing at all."),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static bool Same(IReadOnlyList<string>? left, IReadOnlyList<string>? right) =>
        left is null || right is null ? left is null && right is null : left.SequenceEqual(right, StringComparer.Ordinal);

    private static WorkspaceEvent[] Changed(WorkspaceCommand.ChangeWorkspace change, Workspace.Open open)
    {
        var happened = new List<WorkspaceEvent>(2);
        if (change.Plan is { } plan && plan != open.Plan) happened.Add(new WorkspaceEvent.WorkspacePlanChanged(plan, change.At));
        if (change.Limits is { } limits && limits != open.Limits) happened.Add(new WorkspaceEvent.WorkspaceLimitsChanged(limits, change.At));
        return [.. happened];
    }
}
