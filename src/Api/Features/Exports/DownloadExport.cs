using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.Delivery.Exports;
using Microsoft.Net.Http.Headers;

namespace EventMesh.Api.Features.Exports;

/// <summary>The bytes of a finished export, whole or from any place on (RFC 9110 §14), so that a download that broke off goes on where it was.</summary>
public static class DownloadExport
{
    public static void Map(RouteGroupBuilder exports) => exports.MapGet("/{id}/download", Handle).Needs(Permission.ExportHistory).WithoutTimeLimit()
        .WithName("downloadExport").WithSummary("Download a finished export, whole or a range of its bytes")
        .WithHeader("Range", "A range of bytes, such as bytes=1000-.").WithHeader("If-Range", "The ETag that the bytes so far came with: the whole comes when it is another.")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson", "text/csv", "application/gzip").WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(string id, Call call, WorkspaceExports exports, HttpContext context)
    {
        Streams.Named(call, id, "exp_", ExportView.Missing);
        var export = await exports.Find(call.Workspace.Id, id, context.RequestAborted) ?? throw ProblemAnswer.Missing(ExportView.Missing);
        if (export.Asked.IncludeData) FeedAsked.MayReadPayloads(call, context);
        var bytes = await exports.Download(call.Workspace.Id, id, call.Metadata(id), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(bytes, export.Asked.ContentType, export.Asked.FileName(id), export.FinishedAt, new EntityTagHeaderValue($"\"{export.Sha256 ?? id}\""), enableRangeProcessing: true);
    }
}
