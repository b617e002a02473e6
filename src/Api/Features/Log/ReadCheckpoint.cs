using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Log;

/// <summary>The newest checkpoint of a log, or one of before, as it was signed.</summary>
public static class ReadCheckpoint
{
    public static void Map(RouteGroupBuilder workspace, RouteGroupBuilder platform)
    {
        Map(workspace, Permission.ReadProof, "getCheckpoint", "Read the newest checkpoint of the workspace's log");
        Map(platform, Permission.ReadPlatformHistory, "getPlatformCheckpoint", "Read the newest checkpoint of the log of the platform's own history");
    }

    private static void Map(RouteGroupBuilder log, Permission permission, string name, string summary) => log.MapGet("/checkpoint", Handle)
        .Needs(permission).WithName(name).WithSummary(summary)
        .WithDescription("A signed note (C2SP tlog-checkpoint). When the last one is some seconds old and the log has grown since, one is signed now.")
        .WithQuery("size", JsonSchemaType.Integer, "The checkpoint of so many leaves, instead of the newest.")
        .Produces<string>(StatusCodes.Status200OK, "text/plain").WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Call call, Store store, FreshCheckpoint fresh, HttpContext context)
    {
        var (workspace, stop) = (LogQuery.Of(call, store), context.RequestAborted);
        if (LogQuery.Number(context, "size", 1) is not { } size) return Text((await fresh.Of(workspace, 0, stop)).Note);
        return await ReadCheckpoints.OfSize(workspace, size, stop) is { } found ? Text(found.Note)
            : throw Problem.NotFound.At("size", "is that of no checkpoint; the list of checkpoints has those that there are");
    }

    private static IResult Text(string note) => Results.Text(note, "text/plain; charset=utf-8");
}
