using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Elevations;

/// <summary>Another admin, or an operator of the workspace, approves or refuses; the same people, and whoever is elevated, end it.</summary>
public static class DecideElevation
{
    public static void Map(RouteGroupBuilder elevations)
    {
        elevations.MapPost("/{id}/approve", (string id, Call call, Store store, IndexFollower index, HttpContext context) =>
                Decide(id, new ElevationCommand.ApproveElevation(call.Actor.Id, call.Now), call, store, index, context))
            .Needs(Permission.DecideElevation).WithName("approveElevation").WithSummary("Approve another's elevation; it begins at once")
            .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
        elevations.MapPost("/{id}/refuse", (string id, Call call, Store store, IndexFollower index, HttpContext context) =>
                Decide(id, new ElevationCommand.RefuseElevation(call.Actor.Id, call.Now), call, store, index, context))
            .Needs(Permission.DecideElevation).WithName("refuseElevation").WithSummary("Refuse another's elevation")
            .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
        elevations.MapPost("/{id}/end", (string id, Call call, Store store, IndexFollower index, HttpContext context) =>
                Decide(id, new ElevationCommand.EndElevation(call.Actor.Id, call.Now), call, store, index, context))
            .Needs(Permission.DecideElevation).WithName("endElevation").WithSummary("End an elevation at once, or take a request back")
            .WithProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<ElevationView> Decide(string id, ElevationCommand command, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "elv_", ReadElevations.Missing);
        var decided = await store.For(call.Workspace.Id).Decide<Elevation, ElevationEvent>(
            id, "elevation", Elevation.Initial, Elevation.Evolve, s => ElevationDecider.Decide(command, s), call.Metadata(id), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return await (ElevationView.Of(id, decided.State, call.Now) ?? throw ProblemAnswer.Missing(ReadElevations.Missing)).Told(store.For(call.Workspace.Id), context.RequestAborted);
    }
}
