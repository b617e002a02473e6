using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Exports;

namespace EventMesh.Api.Features.Exports;

public static class CancelExport
{
    public static void Map(RouteGroupBuilder exports) => exports.MapPost("/{id}/cancel", Handle)
        .Needs(Permission.ExportHistory).WithName("cancelExport").WithSummary("Stop an export; what it has made is destroyed")
        .Produces<ExportView>(StatusCodes.Status202Accepted).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, WorkspaceExports exports, HttpContext context)
    {
        Streams.Named(call, id, "exp_", ExportView.Missing);
        await exports.Cancel(call.Workspace.Id, id, call.Actor.Id, context.RequestAborted);
        var now = await ReadExports.Find(id, call, exports, context);
        if (now.State is ExportState.Finished or ExportState.Failed) throw Problem.Conflict.With("This export has ended; delete it if nobody needs it.");
        return Results.Accepted($"/v1/workspaces/{call.Workspace.Id}/exports/{id}", now);
    }
}
