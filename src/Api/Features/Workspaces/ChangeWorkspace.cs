using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain;
using EventMesh.Domain.Limits;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Workspaces;

/// <summary>A merge patch (RFC 7396) of the plan and of the limits that hold instead of the plan's: null takes one away, or all of them.</summary>
public static class ChangeWorkspace
{
    private static readonly string[] Changeable = ["plan", "limits"];

    /// <summary>What may be changed, as it is sent.</summary>
    private sealed record Fields(string? Plan, LimitFields? Limits);

    public static void Map(RouteGroupBuilder workspaces) => workspaces.MapPatch("/{ws}", Handle)
        .Needs(Permission.ChangeWorkspaces).WithIfMatch().WithName("changeWorkspace").WithSummary("Change a workspace's plan, or what it may do instead of what the plan says")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<WorkspaceView> Handle(Patch patch, Call call, Store store, IndexFollower index, Plans plans, HttpContext context)
    {
        patch.Only(Changeable);
        var decided = await store.For(call.Workspace.Id).Decide<Workspace, WorkspaceEvent>(
            Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve, state => Decide(state, patch, plans, call.Now), call.Metadata(),
            ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return WorkspaceView.Of((Workspace.Open)decided.State, plans);
    }

    private static WorkspaceEvent[] Decide(Workspace state, Patch patch, Plans plans, DateTimeOffset now)
    {
        if (state is not Workspace.Open open) throw Gate.NoWorkspace();
        var fields = patch.Onto(new Fields(open.Plan, LimitFields.Of(open.Limits)));
        var checks = new Checks();
        PlanNames.Check(checks, fields.Plan, plans);
        var limits = fields.Limits?.Validated(checks) ?? LimitOverrides.None;
        checks.Done();
        return WorkspaceDecider.Decide(new WorkspaceCommand.ChangeWorkspace(fields.Plan, limits, now), state);
    }
}

internal static class PlanNames
{
    /// <summary>A workspace may be given only what there is.</summary>
    public static void Check(Checks checks, string? plan, Plans plans)
    {
        if (plan is null) checks.Add("plan", "may not be taken away");
        else checks.That(plans.Find(plan) is not null, "plan", $"must be one of {string.Join(", ", plans.Names)}");
    }
}
