using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Edge;

/// <summary>For answers that go on for hours: whether whoever asked would be let in now.</summary>
public sealed class StillAllowed(Tokens tokens, IndexFollower index, TimeProvider clock)
{
    /// <summary>How often an answer that goes on asks.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    /// <summary>False once the key was revoked, the token has expired, the roles were taken, the elevation is over or the workspace is gone; and when nobody knows.</summary>
    /// <param name="permissions">All that the answer needs.</param>
    public async ValueTask<bool> Ask(HttpContext context, Call call, IReadOnlyList<Permission> permissions, CancellationToken stop)
    {
        try
        {
            var workspace = call.Workspace.Id;
            await index.EnsureCurrent(workspace, stop).ConfigureAwait(false);
            if (index.Index.Find(workspace) is not { Workspace: Workspace.Open }) return false;
            var presented = await tokens.Find(context.Request.Headers.Authorization, workspace, stop).ConfigureAwait(false);
            return presented.Actor is { } actor && permissions.All(p => May(actor, p, workspace));
        }
        catch (StoreUnavailable)
        {
            return false;
        }
    }

    private bool May(Actor actor, Permission permission, string workspace) =>
        Access.Authorize(actor, permission, workspace).Allowed
        || (actor is Actor.Admin admin && index.Index.Elevations.Of(workspace, admin.AdminId, clock.GetUtcNow())
            .Any(e => Access.Authorize(new Actor.Tenant(workspace, admin.AdminId, e.Roles, e.Id), permission, workspace).Allowed));
}
