using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Api.Features.Workspaces;

/// <param name="Overrides">What holds for this workspace instead of what its plan says.</param>
/// <param name="AllowedOrigins">The web origins whose pages may call the API for this workspace.</param>
/// <param name="Limits">What holds, all in all; null when the plan is not known here, and then nothing that is limited may be done.</param>
public sealed record WorkspaceView(
    string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset CreatedAt, LimitFields Overrides, LimitFields? Limits,
    IReadOnlyList<string> AllowedOrigins)
{
    public static WorkspaceView Of(Workspace.Open workspace, Plans plans) => new(
        workspace.Id, workspace.Name, workspace.Plan, workspace.Environment, workspace.Region, workspace.CreatedAt,
        LimitFields.Of(workspace.Limits), plans.Of(workspace) is { } limits ? LimitFields.Of(limits) : null, workspace.AllowedOrigins);
}
