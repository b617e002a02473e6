using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections;

namespace EventMesh.Api.Features.Rebuilds;

public static class ReadProjections
{
    public static void Map(RouteGroupBuilder projections)
    {
        projections.MapGet("", List).Needs(Permission.ManageProjections).WithName("listProjections")
            .WithSummary("List the projections: how far each is, and what stopped it").WithProblem(StatusCodes.Status403Forbidden);
        projections.MapGet("/{name}", One).Needs(Permission.ManageProjections).WithName("getProjection").WithSummary("Read how a projection fares").WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Listed<ProjectionView>> List(Call call, Store store, HttpContext context)
    {
        var views = new List<ProjectionView>();
        foreach (var projection in ReadModels.All.OrderBy(p => p.Name, StringComparer.Ordinal)) views.Add(await ProjectionView.Of(store, projection, call.Now, context.RequestAborted));
        return new(views, null);
    }

    private static Task<ProjectionView> One(string name, Call call, Store store, HttpContext context) =>
        ProjectionView.Of(store, ProjectionView.Named(call, name), call.Now, context.RequestAborted);
}
