using EventMesh.Domain.Workspaces;

namespace EventMesh.Api.Features.Workspaces;

public sealed record WorkspaceView(string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset CreatedAt)
{
    public static WorkspaceView Of(Workspace.Open workspace) =>
        new(workspace.Id, workspace.Name, workspace.Plan, workspace.Environment, workspace.Region, workspace.CreatedAt);
}
