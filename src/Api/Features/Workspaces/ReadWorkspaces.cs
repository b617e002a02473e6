using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Workspaces;

public static class ReadWorkspaces
{
    public static void Map(RouteGroupBuilder workspaces)
    {
        workspaces.MapGet("", List).Needs(Permission.ReadWorkspaces).WithPages().WithName("listWorkspaces")
            .WithSummary("List the workspaces that the caller may see, by id");
        workspaces.MapGet("/{ws}", One).Needs(Permission.ReadWorkspaces).WithName("getWorkspace").WithSummary("Read a workspace");
    }

    private static Listed<WorkspaceView> List(Page page, Call call, IndexFollower index, Plans plans)
    {
        var seen = call.Actor is Actor.Tenant tenant ? [tenant.Workspace] : index.Index.Workspaces;
        var ids = seen.Where(id => page.After is null || string.CompareOrdinal(id, page.After) > 0).Order(StringComparer.Ordinal).Take(page.Limit + 1);
        return page.Of([.. ids.Select(id => index.Index.Find(id)?.Workspace).OfType<Workspace.Open>().Select(w => WorkspaceView.Of(w, plans))], w => w.Id);
    }

    private static async Task<WorkspaceView> One(Call call, Store store, Plans plans, HttpContext context)
    {
        var (state, version) = await store.For(call.Workspace.Id).Fold<Workspace, WorkspaceEvent>(Ids.WorkspaceStream, Workspace.Initial, Workspace.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return state is Workspace.Open open ? WorkspaceView.Of(open, plans) : throw Gate.NoWorkspace();
    }
}
