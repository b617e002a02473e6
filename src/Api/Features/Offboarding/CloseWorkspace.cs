using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Workspaces;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Offboarding;

/// <summary>Closes a workspace for good: suspended at once, destroyed when its grace period is over, as it was before when somebody cancels that in time.</summary>
public static class CloseWorkspace
{
    public const int GraceDaysMax = 30;

    /// <param name="GraceDays">How long it can be had back, 0 to <see cref="GraceDaysMax"/>; 30 when left out. With 0 it is purged at once.</param>
    /// <param name="Export">Whether everything is exported before.</param>
    /// <param name="Streams"><c>delete</c> (when left out), or <c>skeletons</c>: of each event its type, its time and the digest by which the log knows it stay.</param>
    /// <param name="Confirm">The workspace's id, unless an If-Match says which state of it was seen.</param>
    public sealed record Request(int? GraceDays, bool? Export, string? Streams, string? Confirm);

    public static void Map(RouteGroupBuilder workspace)
    {
        workspace.MapPost("/close", Close).Needs(Permission.CloseWorkspaces).WithIfMatch().WithTags("Offboarding").WithName("closeWorkspace")
            .WithSummary("Suspend a workspace and purge it when its grace period is over").WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);
        workspace.MapPost("/close/cancel", Cancel).Needs(Permission.CloseWorkspaces).WithIfMatch().WithTags("Offboarding").WithName("cancelClosing")
            .WithSummary("Take the closing of a workspace back").WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static Task<WorkspaceView> Close(Body<Request> body, Call call, Store store, IndexFollower index, Plans plans, HttpContext context)
    {
        var (request, checks) = (body.Value, new Checks());
        checks.That(request.GraceDays is null or (>= 0 and <= GraceDaysMax), "grace_days", $"is a whole number from 0 to {GraceDaysMax}");
        checks.That(request.Streams is null or "delete" or "skeletons", "streams", "must be delete or skeletons");
        // Whoever saw a version of it has looked at what they close; whoever did not, names it.
        var named = request.Confirm is not null || context.Request.Headers.IfMatch.Count == 0;
        checks.That(!named || request.Confirm == call.Workspace.Id, "confirm", "must be the workspace's id, unless If-Match is sent");
        checks.Done();
        var streams = request.Streams == "skeletons" ? PurgedStreams.Skeletons : PurgedStreams.Delete;
        return SuspendWorkspace.Decided(new WorkspaceCommand.Close(TimeSpan.FromDays(request.GraceDays ?? GraceDaysMax), streams, null, call.Now), call, store, index, plans, context);
    }

    private static Task<WorkspaceView> Cancel(Call call, Store store, IndexFollower index, Plans plans, HttpContext context) =>
        SuspendWorkspace.Decided(new WorkspaceCommand.CancelClosing(call.Now), call, store, index, plans, context);
}
