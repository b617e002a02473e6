using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Exports;

namespace EventMesh.Api.Features.Exports;

public static class DeleteExport
{
    public static void Map(RouteGroupBuilder exports) => exports.MapDelete("/{id}", Handle)
        .Needs(Permission.ExportHistory).WithName("deleteExport").WithSummary("Delete an export that has ended, with what of it is kept here; its history stays")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, WorkspaceExports exports, HttpContext context)
    {
        Streams.Named(call, id, "exp_", ExportView.Missing);
        var now = await exports.Find(call.Workspace.Id, id, context.RequestAborted) ?? throw ProblemAnswer.Missing(ExportView.Missing);
        if (!now.Ended) throw Problem.Conflict.With("This export has not ended; cancel it first.");
        await exports.Delete(call.Workspace.Id, id, context.RequestAborted);
        return Results.NoContent();
    }
}
