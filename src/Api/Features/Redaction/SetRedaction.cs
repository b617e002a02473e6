using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Redaction;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Redaction;

/// <summary>Says what is personal in the bodies of a workspace's events. It holds at once, also for what was published before.</summary>
public static class SetRedaction
{
    /// <param name="Paths">All of them: <c>$.data.customer.email</c>, <c>$.data.items[*].card</c>, <c>$..iban</c>. An empty list redacts nothing; null shows only the shape of bodies, as before any were named.</param>
    public sealed record Request(JsonElement Paths);

    public static void Map(RouteGroupBuilder workspace) => workspace.MapPut("/redaction", Handle).WithTags("Raw data")
        .Needs(Permission.WriteRedaction).WithIfMatch().WithName("setRedaction").WithSummary("Say what is redacted where bodies are shown")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<RedactionView> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var command = new WorkspaceCommand.SetRedaction(Validated(body.Value), call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, s => WorkspaceDecider.Decide(command, s), call.Metadata(),
            ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return RedactionView.Of(decided.State);
    }

    private static IReadOnlyList<string>? Validated(Request request)
    {
        // Left out is a mistake, and null is a wish: a body without paths must not be read as one of them.
        var given = request.Paths;
        if (given.ValueKind == JsonValueKind.Undefined) throw Problem.InvalidRequest.At("paths", "is required: a list of paths, or null for the shape alone");
        if (given.ValueKind == JsonValueKind.Null) return null;
        var checks = new Checks();
        if (!checks.That(given.ValueKind == JsonValueKind.Array, "paths", "must be a list of paths, or null")) checks.Done();
        var paths = given.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.String ? p.GetString() : null).ToArray();
        if (checks.That(paths.Length <= RedactionLimits.PathsMax, "paths", $"has at most {RedactionLimits.PathsMax} paths"))
        {
            for (var i = 0; i < paths.Length; i++)
            {
                if (!checks.That(paths[i] is not null, $"paths[{i}]", "must be a string")) continue;
                if (checks.That(RedactionPath.Parse(paths[i]!, out var reason) is not null, $"paths[{i}]", reason))
                    checks.That(!paths.Take(i).Contains(paths[i], StringComparer.Ordinal), $"paths[{i}]", "is there twice");
            }
        }
        checks.Done();
        return [.. paths.OfType<string>()];
    }
}
