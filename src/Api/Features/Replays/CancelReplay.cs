using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Replays;

public static class CancelReplay
{
    public static void Map(RouteGroupBuilder replays) => replays.MapPost("/{id}/cancel", Handle)
        .Needs(Permission.RetryDeliveries).WithName("cancelReplay").WithSummary("Stop a replay; what it has done already goes on")
        .Produces<ReplayView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, Store store, HttpContext context)
    {
        Streams.Named(call, id, "rpl_", ReadReplays.Missing);
        var command = new ReplayCommand.CancelReplay(call.Now);
        await store.For(call.Workspace.Id).Decide<Replay, ReplayEvent>(
            id, "replay", Replay.Initial, Replay.Evolve, s => ReplayDecider.Decide(command, s), call.Metadata(id), null, context.RequestAborted);
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/replays/{id}", await ReadReplays.Find(id, call.Workspace.Id, store, context));
    }
}
