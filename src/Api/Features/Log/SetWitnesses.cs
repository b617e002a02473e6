using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Delivery.Log;
using EventMesh.Domain;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Log;

/// <summary>Who outside gets the checkpoints of a workspace's log; its own matter, not the platform's.</summary>
public static class SetWitnesses
{
    public const int WitnessesMax = 10;

    /// <param name="Urls">All of them. Each checkpoint is sent to each by POST, as it was signed. An empty list takes all away.</param>
    public sealed record Request(IReadOnlyList<string>? Urls);

    public static void Map(RouteGroupBuilder log) => log.MapPut("/witnesses", Handle)
        .Needs(Permission.WriteWitnesses).WithIfMatch().WithName("setWitnesses").WithSummary("Say who outside gets the checkpoints of the workspace's log")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<WitnessesView> Handle(Body<Request> body, Call call, Store store, AddressGuard guard, IndexFollower index, Witnesses witnesses, HttpContext context)
    {
        var command = new WorkspaceCommand.SetWitnesses(Validated(body.Value, guard), call.Now);
        var workspace = store.For(call.Workspace.Id);
        var decided = await workspace.Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, s => WorkspaceDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        witnesses.Wake();
        ETag.Set(context.Response, decided.Version);
        return await WitnessesView.Of(workspace, ((Workspace.Open)decided.State).Witnesses, witnesses.OfAll, context.RequestAborted);
    }

    private static string[] Validated(Request request, AddressGuard guard)
    {
        var checks = new Checks();
        var urls = request.Urls ?? [];
        if (request.Urls is null) checks.Add("urls", "is required");
        var found = new List<string>();
        if (checks.That(urls.Count <= WitnessesMax, "urls", $"has at most {WitnessesMax} addresses"))
        {
            for (var i = 0; i < urls.Count; i++)
            {
                if (Fault(urls[i], guard) is { } fault) checks.Add($"urls[{i}]", fault);
                // As it is called, so that the same is not there twice in two spellings.
                else if (found.Contains(new Uri(urls[i]).AbsoluteUri, StringComparer.Ordinal)) checks.Add($"urls[{i}]", "is there twice");
                else found.Add(new Uri(urls[i]).AbsoluteUri);
            }
        }
        checks.Done();
        return [.. found];
    }

    private static string? Fault(string? url, AddressGuard guard) =>
        string.IsNullOrEmpty(url) || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") ? "must be an address that begins with https://"
        : guard.CheckUrl(address) is { } fault ? $"cannot be called: {fault}" : null;
}
