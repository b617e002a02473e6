using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Elevations;

public static class ReadElevations
{
    public const string Missing = "There is no such elevation.";

    public static void Map(RouteGroupBuilder elevations)
    {
        elevations.MapGet("", List).Needs(Permission.ReadElevations).WithPages().WithName("listElevations").WithSummary("List the elevations of platform admins in the workspace, oldest first");
        elevations.MapGet("/{id}", One).Needs(Permission.ReadElevations).WithName("getElevation").WithSummary("Read an elevation");
    }

    private static async Task<Listed<ElevationView>> List(Page page, Call call, Store store, HttpContext context)
    {
        var found = await Streams.List<Elevation, ElevationEvent, ElevationView>(store, call.Workspace.Id, "elv_", page, Elevation.Initial, Elevation.Evolve,
            (id, _, elevation) => ElevationView.Of(id, elevation, call.Now), context.RequestAborted);
        for (var i = 0; i < found.Count; i++) found[i] = await found[i].Told(store.For(call.Workspace.Id), context.RequestAborted);
        return page.Of(found, e => e.Id);
    }

    private static async Task<ElevationView> One(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "elv_", Missing);
        var (elevation, _) = await store.For(call.Workspace.Id).Fold<Elevation, ElevationEvent>(id, Elevation.Initial, Elevation.Evolve, context.RequestAborted);
        return await (ElevationView.Of(id, elevation, call.Now) ?? throw ProblemAnswer.Missing(Missing)).Told(store.For(call.Workspace.Id), context.RequestAborted);
    }
}
