namespace EventMesh.Domain.Workspaces;

public abstract record WorkspaceCommand
{
    private WorkspaceCommand() { }

    public sealed record CreateWorkspace(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset At) : WorkspaceCommand;
}

public static class WorkspaceDecider
{
    /// <exception cref="Refused">The id is taken.</exception>
    public static WorkspaceEvent[] Decide(WorkspaceCommand command, Workspace state) => (command, state) switch
    {
        (WorkspaceCommand.CreateWorkspace create, Workspace.Missing) =>
            [new WorkspaceEvent.WorkspaceCreated(create.Id, create.Name, create.Plan, create.Environment, create.Region, create.At)],
        (WorkspaceCommand.CreateWorkspace create, Workspace.Open) =>
            throw new Refused("workspace.exists", $"A workspace named {create.Id} exists already; choose another id."),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
