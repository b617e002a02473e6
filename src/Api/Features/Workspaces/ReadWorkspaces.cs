using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Workspaces;

public static class ReadWorkspaces
{
    public static void Map(RouteGroupBuilder workspaces)
    {
        workspaces.MapGet("", List).Needs(Permission.ReadWorkspaces).WithPages().WithMoment().WithName("listWorkspaces")
            .WithSummary("List the workspaces that the caller may see, by id");
        workspaces.MapGet("/{ws}", One).Needs(Permission.ReadWorkspaces).WithMoment().WithName("getWorkspace").WithSummary("Read a workspace");
    }

    private static async Task<Listed<WorkspaceView>> List(Page page, Call call, IndexFollower index, Moment moment, Plans plans, HttpContext context)
    {
        var seen = call.Actor is Actor.Tenant tenant ? [tenant.Workspace] : index.Index.Workspaces;
        var ids = seen.Where(id => page.After is null || string.CompareOrdinal(id, page.After) > 0).Order(StringComparer.Ordinal);
        if (moment.IsPast) return page.Of(await Then(ids, moment, plans, page.Limit + 1, context.RequestAborted), w => w.Id);
        return page.Of([.. ids.Take(page.Limit + 1).Select(id => index.Index.Find(id)?.Workspace).OfType<Workspace.Open>().Select(w => WorkspaceView.Of(w, plans))], w => w.Id);
    }

    /// <summary>Those that were there.</summary>
    private static async Task<List<WorkspaceView>> Then(IEnumerable<string> ids, Moment moment, Plans plans, int limit, CancellationToken stop)
    {
        var found = new List<WorkspaceView>();
        foreach (var id in ids)
        {
            var (state, _) = await (await moment.Of(id, stop)).Fold<Workspace, WorkspaceEvent>(Ids.WorkspaceStream, Workspace.Initial, Workspace.Evolve, stop);
            if (state is Workspace.Open open) found.Add(WorkspaceView.Of(open, plans));
            if (found.Count == limit) break;
        }
        return found;
    }

    private static async Task<WorkspaceView> One(Moment moment, Plans plans, HttpContext context)
    {
        var (state, version) = await moment.Fold<Workspace, WorkspaceEvent>(Ids.WorkspaceStream, Workspace.Initial, Workspace.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return state is Workspace.Open open ? WorkspaceView.Of(open, plans) : throw Gate.NoWorkspace();
    }
}
