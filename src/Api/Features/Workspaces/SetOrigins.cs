using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Workspaces;

/// <summary>Which web pages may call the API for a workspace (CORS); its own matter, not the platform's.</summary>
public static class SetOrigins
{
    public const int OriginsMax = 20;
    private const int OriginCharsMax = 255;

    /// <param name="AllowedOrigins">All of them, each as browsers write it: <c>https://app.example.com</c>. An empty list takes all away.</param>
    public sealed record Request(IReadOnlyList<string>? AllowedOrigins);

    public static void Map(RouteGroupBuilder workspaces) => workspaces.MapPut("/{ws}/origins", Handle)
        .Needs(Permission.WriteOrigins).WithIfMatch().WithName("setOrigins").WithSummary("Say which web origins' pages may call the API for the workspace")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<WorkspaceView> Handle(Body<Request> body, Call call, Store store, IndexFollower index, Plans plans, HttpContext context)
    {
        var command = new WorkspaceCommand.SetOrigins(Validated(body.Value), call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, s => WorkspaceDecider.Decide(command, s), call.Metadata(),
            ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return WorkspaceView.Of((Workspace.Open)decided.State, plans);
    }

    private static IReadOnlyList<string> Validated(Request request)
    {
        var checks = new Checks();
        var origins = request.AllowedOrigins ?? [];
        if (request.AllowedOrigins is null) checks.Add("allowed_origins", "is required");
        if (checks.That(origins.Count <= OriginsMax, "allowed_origins", $"has at most {OriginsMax} origins"))
        {
            for (var i = 0; i < origins.Count; i++)
            {
                if (checks.That(IsOrigin(origins[i]), $"allowed_origins[{i}]", "must be an origin as browsers write it: https://host, https://host:port, or http://localhost:port; no path, no *"))
                    checks.That(!origins.Take(i).Contains(origins[i], StringComparer.Ordinal), $"allowed_origins[{i}]", "is there twice");
            }
        }
        checks.Done();
        return origins;
    }

    /// <summary>
    /// Whether it is word for word what a browser sends as <c>Origin</c> (RFC 6454 §6.2): scheme, host in lower case, port unless it is the scheme's own. Plain HTTP is good
    /// for this machine alone: anybody on the way could put a script into such a page.
    /// </summary>
    public static bool IsOrigin(string? text)
    {
        if (text is not { Length: > 0 and <= OriginCharsMax } || !text.All(char.IsAscii) || !Uri.TryCreate(text, UriKind.Absolute, out var uri)) return false;
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.Host is "localhost" or "127.0.0.1" or "[::1]")) return false;
        return text == $"{uri.Scheme}://{uri.Host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
    }
}
