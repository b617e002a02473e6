using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Workspaces;
using EventMesh.Delivery.Exports;
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
    /// <param name="Export">Whether an export of everything is begun with it, to be downloaded within the grace period, which then has a day at least.</param>
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

    private static async Task<WorkspaceView> Close(Body<Request> body, Call call, Store store, WorkspaceExports exports, IndexFollower index, Plans plans, HttpContext context)
    {
        var (request, checks) = (body.Value, new Checks());
        checks.That(request.GraceDays is null or (>= 0 and <= GraceDaysMax), "grace_days", $"is a whole number from 0 to {GraceDaysMax}");
        checks.That(request.Streams is null or "delete" or "skeletons", "streams", "must be delete or skeletons");
        checks.That(request.Export is not true || request.GraceDays is null or > 0, "export", "is destroyed with the rest; with grace_days of 1 at least there is time to download it");
        // Whoever saw a version of it has looked at what they close; whoever did not, names it.
        var named = request.Confirm is not null || context.Request.Headers.IfMatch.Count == 0;
        checks.That(!named || request.Confirm == call.Workspace.Id, "confirm", "must be the workspace's id, unless If-Match is sent");
        checks.Done();
        var streams = request.Streams == "skeletons" ? PurgedStreams.Skeletons : PurgedStreams.Delete;
        var export = request.Export is true ? await Begin(call, exports, context.RequestAborted) : null;
        return await SuspendWorkspace.Decided(new WorkspaceCommand.Close(TimeSpan.FromDays(request.GraceDays ?? GraceDaysMax), streams, export, call.Now), call, store, index, plans, context);
    }

    /// <summary>Begun before: what cannot be exported is not closed with the promise that it was.</summary>
    private static async Task<string> Begin(Call call, WorkspaceExports exports, CancellationToken stop)
    {
        if (call.Workspace.Workspace is Workspace.Open { Closing.Export: { } before }) return before;
        var started = await exports.Start(call.Workspace.Id, ExportSpec.Whole, call.Metadata(call.WorkspaceId), null, stop)
            ?? throw Problem.Conflict.With("The workspace has as many exports as it may; cancel or delete one, or close it without.");
        return started.Id;
    }

    private static Task<WorkspaceView> Cancel(Call call, Store store, IndexFollower index, Plans plans, HttpContext context) =>
        SuspendWorkspace.Decided(new WorkspaceCommand.CancelClosing(call.Now), call, store, index, plans, context);
}
