using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Redaction;

/// <param name="Paths">What is redacted in the bodies of events, by JSON path. Null: no paths are named, and only the shape of bodies is shown; empty: nothing is redacted.</param>
public sealed record RedactionView(IReadOnlyList<string>? Paths)
{
    public static RedactionView Of(Workspace state) => new((state as Workspace.Open)?.RedactedPaths);
}

public static class ReadRedaction
{
    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/redaction", Handle).WithTags("Raw data")
        .Needs(Permission.ReadPayloads).WithName("getRedaction").WithSummary("Read what is redacted where bodies are shown").WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<RedactionView> Handle(Call call, Store store, HttpContext context)
    {
        var (state, version) = await store.For(call.Workspace.Id).Fold<Workspace, WorkspaceEvent>(Ids.WorkspaceStream, Workspace.Initial, Workspace.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return RedactionView.Of(state);
    }
}
