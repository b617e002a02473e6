using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Index;
using EventMesh.Projections.Rebuilding;

namespace EventMesh.Api.Features.Rebuilds;

/// <summary>Makes a read model anew out of the history, of all workspaces or one, while the system runs.</summary>
public static class RebuildProjection
{
    private const string None = "This projection was never rebuilt.";

    /// <param name="Workspace">Whose rows; all when it is left out.</param>
    public sealed record Request(string? Workspace);

    public static void Map(RouteGroupBuilder projections)
    {
        projections.MapPost("/{name}/rebuild", Start).Needs(Permission.ManageProjections).WithName("rebuildProjection").WithSummary("Make a read model anew; readers see the old until the new is complete")
            .Produces<RebuildView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
        projections.MapGet("/{name}/rebuild", Read).Needs(Permission.ManageProjections).WithName("getRebuild").WithSummary("Read how far the newest rebuild of a projection is, or how it ended")
            .WithProblem(StatusCodes.Status403Forbidden);
        projections.MapPost("/{name}/rebuild/cancel", Cancel).Needs(Permission.ManageProjections).WithName("cancelRebuild").WithSummary("End a rebuild; readers go on seeing the old rows")
            .Produces<RebuildView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Start(string name, Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var projection = ProjectionView.Named(call, name);
        var workspace = body.Value.Workspace;
        if (workspace is not null && index.Index.Find(workspace) is null) throw Problem.InvalidRequest.At("workspace", "is not a workspace");
        var run = await RebuildRuns.Ask(store, call.NewId("prb_"), projection.Name, workspace, call.Actor.Id, context.RequestAborted);
        call.Subject = run.Id;
        if (run.Workspace != workspace) throw Problem.Conflict.With($"The rebuild {run.Id} of {run.Workspace ?? "all workspaces"} is under way: wait for it, or cancel it.");
        return Results.Accepted($"/v1/projections/{name}/rebuild", RebuildView.Of(run));
    }

    private static async Task<RebuildView> Read(string name, Call call, Store store, HttpContext context) =>
        RebuildView.Of(await RebuildRuns.Newest(store, ProjectionView.Named(call, name).Name, context.RequestAborted) ?? throw ProblemAnswer.Missing(None));

    private static async Task<IResult> Cancel(string name, Call call, Store store, HttpContext context)
    {
        var projection = ProjectionView.Named(call, name);
        if (await RebuildRuns.Cancel(store, projection.Name, call.Actor.Id, context.RequestAborted) is { } open) return Results.Accepted($"/v1/projections/{name}/rebuild", RebuildView.Of(open));
        var last = await RebuildRuns.Newest(store, projection.Name, context.RequestAborted) ?? throw ProblemAnswer.Missing(None);
        // Cancelled twice is cancelled.
        return last.State == RebuildState.Cancelled ? Results.Accepted($"/v1/projections/{name}/rebuild", RebuildView.Of(last)) : throw Problem.Conflict.With("No rebuild of this projection is under way.");
    }
}
