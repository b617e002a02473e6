using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;

namespace EventMesh.Api.Features.Workspaces;

/// <param name="Overrides">What holds for this workspace instead of what its plan says.</param>
/// <param name="AllowedOrigins">The web origins whose pages may call the API for this workspace.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c> or <c>closing</c>.</param>
/// <param name="Suspension">Why and since when; null when nobody suspended it.</param>
/// <param name="Closing">Until when it can be had back, and what becomes of its history; null when it is not closing.</param>
/// <param name="Limits">What holds, all in all; null when the plan is not known here, and then nothing that is limited may be done.</param>
public sealed record WorkspaceView(
    string Id, string Name, string Plan, string Environment, string? Region, DateTimeOffset CreatedAt, LimitFields Overrides, LimitFields? Limits,
    IReadOnlyList<string> AllowedOrigins, string Status, WorkspaceView.Suspended? Suspension, WorkspaceView.ClosingUntil? Closing)
{
    /// <param name="Reason">requested, payment, abuse, security, legal or maintenance.</param>
    public sealed record Suspended(string Reason, DateTimeOffset Since);

    /// <param name="Streams">delete or skeletons.</param>
    /// <param name="Export">The export that was begun with it, if any.</param>
    public sealed record ClosingUntil(DateTimeOffset Until, string Streams, string? Export, DateTimeOffset Since);

    public static WorkspaceView Of(Workspace.Open workspace, Plans plans) => new(
        workspace.Id, workspace.Name, workspace.Plan, workspace.Environment, workspace.Region, workspace.CreatedAt,
        LimitFields.Of(workspace.Limits), plans.Of(workspace) is { } limits ? LimitFields.Of(limits) : null, workspace.AllowedOrigins,
        workspace.Closing is not null ? "closing" : workspace.Suspension is not null ? "suspended" : "active",
        workspace.Suspension is { } suspended ? new(suspended.Reason.ToString().ToLowerInvariant(), suspended.Since) : null,
        workspace.Closing is { } closing ? new(closing.Until, closing.Streams.ToString().ToLowerInvariant(), closing.Export, closing.Since) : null);
}
