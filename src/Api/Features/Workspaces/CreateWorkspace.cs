using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Workspaces;

public static class CreateWorkspace
{
    /// <param name="Id">Chosen by the caller, or made up.</param>
    public sealed record Request(string? Id, string? Name, string? Plan, string? Environment, string? Region);

    public static void Map(RouteGroupBuilder workspaces) => workspaces.MapPost("", Handle)
        .Needs(Permission.CreateWorkspaces).WithName("createWorkspace").WithSummary("Create a workspace").Produces<WorkspaceView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, Plans plans, SigningKeys keys, HttpContext context)
    {
        var command = Validated(body.Value, call, plans);
        // What is said of an id stays true: links, receipts and copies elsewhere name the one that is gone.
        if (await store.ReadPurge(command.Id, context.RequestAborted) is not null) throw Problem.Conflict.With($"A workspace named {command.Id} was closed and purged; its id is never given again. Choose another.");
        var decided = await store.For(command.Id).Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, s => WorkspaceDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        // A crash before this leaves a workspace whose issuer begins with its first token.
        await keys.Begin(command.Id, call.Metadata(), context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{command.Id}", WorkspaceView.Of((Workspace.Open)decided.State, plans));
    }

    private static WorkspaceCommand.CreateWorkspace Validated(Request request, Call call, Plans plans)
    {
        var checks = new Checks();
        checks.That(request.Id is null || Ids.IsWorkspace(request.Id), "id", "must match ^[a-z0-9][a-z0-9-]{1,62}$");
        var name = checks.Name(request.Name);
        PlanNames.Check(checks, request.Plan ?? "starter", plans);
        Label("environment", request.Environment);
        Label("region", request.Region);
        checks.Done();
        // A made-up id fits the same pattern: letters and digits only.
        var id = request.Id ?? call.NewId("ws-");
        call.Subject = id;
        return new(id, name, request.Plan ?? "starter", request.Environment ?? "production", request.Region, call.Now);

        void Label(string field, string? value) => checks.That(value is null || IsLabel(value), field, "must match ^[a-z0-9][a-z0-9._-]{0,62}$");
    }

    // Labels go on metrics, log lines and queues.
    private static bool IsLabel(string value) =>
        value.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(value[0]) && value.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or '_' or '-');
}
