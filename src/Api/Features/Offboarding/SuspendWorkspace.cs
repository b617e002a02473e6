using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Workspaces;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Offboarding;

/// <summary>Stops a workspace and lets it go on. Within a second every node accepts nothing of it and sends nothing; what waits keeps waiting.</summary>
public static class SuspendWorkspace
{
    private static readonly string[] Reasons = [.. Enum.GetNames<SuspendedBecause>().Select(n => n.ToLowerInvariant())];

    /// <param name="Reason">One of requested, payment, abuse, security, legal, maintenance.</param>
    public sealed record Request(string? Reason);

    public static void Map(RouteGroupBuilder workspace)
    {
        workspace.MapPost("/suspend", Suspend).Needs(Permission.SuspendWorkspaces).WithIfMatch().WithTags("Offboarding").WithName("suspendWorkspace")
            .WithSummary("Accept nothing more for a workspace and send nothing more, at once").WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);
        workspace.MapPost("/resume", Resume).Needs(Permission.SuspendWorkspaces).WithIfMatch().WithTags("Offboarding").WithName("resumeWorkspace")
            .WithSummary("Let a suspended workspace go on where it stopped").WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static Task<WorkspaceView> Suspend(Body<Request> body, Call call, Store store, IndexFollower index, Plans plans, HttpContext context)
    {
        var checks = new Checks();
        checks.That(Reasons.Contains(body.Value.Reason, StringComparer.Ordinal), "reason", $"must be one of {string.Join(", ", Reasons)}");
        checks.Done();
        return Decided(new WorkspaceCommand.Suspend(Enum.Parse<SuspendedBecause>(body.Value.Reason!, ignoreCase: true), call.Now), call, store, index, plans, context);
    }

    private static Task<WorkspaceView> Resume(Call call, Store store, IndexFollower index, Plans plans, HttpContext context) =>
        Decided(new WorkspaceCommand.Resume(call.Now), call, store, index, plans, context);

    /// <summary>Decides about the workspace as such, and answers with what it is then.</summary>
    internal static async Task<WorkspaceView> Decided(WorkspaceCommand command, Call call, Store store, IndexFollower index, Plans plans, HttpContext context)
    {
        var decided = await store.For(call.Workspace.Id).Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, s => WorkspaceDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return decided.State is Workspace.Open open ? WorkspaceView.Of(open, plans) : throw Gate.NoWorkspace();
    }
}
