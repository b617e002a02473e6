namespace EventMesh.Domain.Workspaces;

/// <summary>What has happened to a workspace, and what it therefore is.</summary>
public abstract record WorkspaceEvent
{
    private WorkspaceEvent() { }

    public sealed record WorkspaceCreated(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset At) : WorkspaceEvent;
}

public abstract record Workspace
{
    private Workspace() { }

    public sealed record Missing : Workspace;
    public sealed record Open(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset CreatedAt) : Workspace;

    public static readonly Workspace Initial = new Missing();

    public static Workspace Evolve(Workspace state, WorkspaceEvent happened) => happened switch
    {
        WorkspaceEvent.WorkspaceCreated created => new Open(created.Id, created.Name, created.Plan, created.Environment, created.Region, created.At),
        _ => state,
    };
}
