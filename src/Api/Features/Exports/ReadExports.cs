using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Delivery.Exports;

namespace EventMesh.Api.Features.Exports;

public static class ReadExports
{
    public static void Map(RouteGroupBuilder exports)
    {
        exports.MapGet("", List).Needs(Permission.ExportHistory).WithPages().WithName("listExports").WithSummary("List the exports that are under way or kept");
        exports.MapGet("/{id}", One).Needs(Permission.ExportHistory).WithName("getExport").WithSummary("Read an export, how far it has come and of what parts it is made");
    }

    private static async Task<Listed<ExportView>> List(Page page, Call call, WorkspaceExports exports, HttpContext context) =>
        page.Of([.. (await exports.List(call.Workspace.Id, page.After, page.Limit + 1, context.RequestAborted)).Select(row => ExportView.Of(row))], e => e.Id);

    private static Task<ExportView> One(string id, Call call, WorkspaceExports exports, HttpContext context)
    {
        Streams.Named(call, id, "exp_", ExportView.Missing);
        return Find(id, call, exports, context);
    }

    /// <exception cref="ProblemException">404.</exception>
    public static async Task<ExportView> Find(string id, Call call, WorkspaceExports exports, HttpContext context)
    {
        // The export first: of one that is finished all parts are there.
        var row = await exports.Find(call.Workspace.Id, id, context.RequestAborted) ?? throw ProblemAnswer.Missing(ExportView.Missing);
        return ExportView.Of(row, await exports.Parts(call.Workspace.Id, id, context.RequestAborted));
    }
}
