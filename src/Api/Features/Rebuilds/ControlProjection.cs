using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Projections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Running;

namespace EventMesh.Api.Features.Rebuilds;

/// <summary>Pausing a projection, and deciding about an event that it cannot take in. What is asked stands in the platform's history, where the node that runs it finds it within a second.</summary>
public static class ControlProjection
{
    /// <summary>How long an answer waits for that node, so that it says how it is then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <param name="Position">The event that it stands at, as the projection says.</param>
    public sealed record SkipRequest(string? Position);

    public static void Map(RouteGroupBuilder projections)
    {
        projections.MapPost("/{name}/pause", Pause).Needs(Permission.ManageProjections).WithName("pauseProjection").WithSummary("Let a projection rest; its rows stay as they are")
            .Produces<ProjectionView>().WithProblem(StatusCodes.Status403Forbidden);
        projections.MapPost("/{name}/resume", Resume).Needs(Permission.ManageProjections).WithName("resumeProjection").WithSummary("Let a paused projection go on")
            .Produces<ProjectionView>().WithProblem(StatusCodes.Status403Forbidden);
        projections.MapPost("/{name}/skip", Skip).Needs(Permission.ManageProjections).WithName("skipProjectionEvent").WithSummary("Pass over the event that a projection stopped at")
            .Produces<ProjectionView>().WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
        projections.MapPost("/{name}/retry", Retry).Needs(Permission.ManageProjections).WithName("retryProjectionEvent").WithSummary("Try the event that a projection stopped at once more")
            .Produces<ProjectionView>().WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status409Conflict);
    }

    private static Task<ProjectionView> Pause(string name, Call call, Store store, HttpContext context) =>
        Ask(name, call, store, _ => new ProjectionCommand.PauseProjection(call.Now), r => r?.State is not ProjectionState.Running, context.RequestAborted);

    private static Task<ProjectionView> Resume(string name, Call call, Store store, HttpContext context) =>
        Ask(name, call, store, _ => new ProjectionCommand.ResumeProjection(call.Now), r => r?.State is not ProjectionState.Paused, context.RequestAborted);

    private static Task<ProjectionView> Skip(string name, Body<SkipRequest> body, Call call, Store store, HttpContext context)
    {
        if (!Position.TryParse(body.Value.Position, out var position)) throw Problem.InvalidRequest.At("position", "must be the position of the event that the projection stopped at");
        return Ask(name, call, store, report => new ProjectionCommand.SkipEvent(position.ToString(), At(report), call.Now), r => r?.Stopped?.Position != position, context.RequestAborted);
    }

    private static async Task<ProjectionView> Retry(string name, Call call, Store store, HttpContext context)
    {
        StoppedAt? before = null;
        return await Ask(name, call, store, report => new ProjectionCommand.RetryEvent(At(before = report), call.Now), r => r?.Stopped != before, context.RequestAborted);
    }

    private static string? At(StoppedAt? stopped) => stopped?.Position.ToString();

    private static async Task<ProjectionView> Ask(
        string name, Call call, Store store, Func<StoppedAt?, ProjectionCommand> command, Func<ProjectionReport?, bool> obeyed, CancellationToken stop)
    {
        var projection = ProjectionView.Named(call, name);
        var asked = command((await Report())?.Stopped);
        await store.For(Workspace.PlatformId).Decide<ProjectionControl, ProjectionEvent>(ProjectionControl.StreamOf(name), "projection", ProjectionControl.Initial, ProjectionControl.Evolve,
            state => ProjectionControlDecider.Decide(asked, state), call.Metadata(), null, stop);
        for (var began = TimeProvider.System.GetTimestamp(); !obeyed(await Report()) && TimeProvider.System.GetElapsedTime(began) < Patience;) await Task.Delay(LookAgain, stop);
        return await ProjectionView.Of(store, projection, call.Now, stop);

        async Task<ProjectionReport?> Report() => (await ProjectionReports.Read(store, stop)).FirstOrDefault(r => r.Name == name);
    }
}
