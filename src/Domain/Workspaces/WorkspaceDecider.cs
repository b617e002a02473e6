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
}

public static class WorkspaceDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The id is taken, or there is no such workspace.</exception>
    public static WorkspaceEvent[] Decide(WorkspaceCommand command, Workspace state) => (command, state) switch
    {
        (WorkspaceCommand.CreateWorkspace create, Workspace.Missing) =>
            [new WorkspaceEvent.WorkspaceCreated(create.Id, create.Name, create.Plan, create.Environment, create.Region, create.At)],
        (WorkspaceCommand.CreateWorkspace create, Workspace.Open) =>
            throw new Refused("workspace.exists", $"A workspace named {create.Id} exists already; choose another id."),

        (WorkspaceCommand.ChangeWorkspace or WorkspaceCommand.SetOrigins or WorkspaceCommand.SetWitnesses, Workspace.Missing) => throw new Refused("workspace.missing", "There is no such workspace."),
        (WorkspaceCommand.ChangeWorkspace change, Workspace.Open open) => Changed(change, open),
        (WorkspaceCommand.SetOrigins set, Workspace.Open open) =>
            set.Origins.SequenceEqual(open.AllowedOrigins, StringComparer.Ordinal) ? [] : [new WorkspaceEvent.WorkspaceOriginsChanged(set.Origins, set.At)],
        (WorkspaceCommand.SetWitnesses set, Workspace.Open open) =>
            set.Urls.SequenceEqual(open.Witnesses, StringComparer.Ordinal) ? [] : [new WorkspaceEvent.WorkspaceWitnessesChanged(set.Urls, set.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static WorkspaceEvent[] Changed(WorkspaceCommand.ChangeWorkspace change, Workspace.Open open)
    {
        var happened = new List<WorkspaceEvent>(2);
        if (change.Plan is { } plan && plan != open.Plan) happened.Add(new WorkspaceEvent.WorkspacePlanChanged(plan, change.At));
        if (change.Limits is { } limits && limits != open.Limits) happened.Add(new WorkspaceEvent.WorkspaceLimitsChanged(limits, change.At));
        return [.. happened];
    }
}
