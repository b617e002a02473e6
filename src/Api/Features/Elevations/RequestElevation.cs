using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Elevations;

/// <summary>A platform admin asks to act in a workspace, as whom, why and for how long. Nothing changes until somebody else approves.</summary>
public static class RequestElevation
{
    /// <param name="Roles">As whom: some of operator, developer, auditor, publisher.</param>
    /// <param name="Reason">For those who decide, and for the workspace's history: 10 to 500 characters.</param>
    /// <param name="DurationSeconds">60 to 14400, counted from the approval.</param>
    public sealed record Request(IReadOnlyList<string>? Roles, string? Reason, int? DurationSeconds);

    public static void Map(RouteGroupBuilder elevations) => elevations.MapPost("", Handle)
        .Needs(Permission.RequestElevation).WithName("requestElevation").WithSummary("Ask to act in the workspace for a while, with a reason")
        .Produces<ElevationView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status403Forbidden);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, HttpContext context)
    {
        var (command, reason) = Validated(body.Value, call);
        var id = call.NewId("elv_");
        command = command with { Reason = ElevationView.ReasonOf(id) };
        await KeptText.Keep(store.For(call.Workspace.Id), command.Reason, reason, call.Now, context.RequestAborted);
        var decided = await store.For(call.Workspace.Id).Decide<Elevation, ElevationEvent>(
            id, "elevation", Elevation.Initial, Elevation.Evolve, s => ElevationDecider.Decide(command, s), call.Metadata(id), null, context.RequestAborted);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/elevations/{id}", ElevationView.Of(id, decided.State, call.Now)! with { Reason = reason });
    }

    private static (ElevationCommand.RequestElevation Command, string Reason) Validated(Request request, Call call)
    {
        var checks = new Checks();
        var roles = RoleNames.Parse(request.Roles ?? []);
        checks.That(roles is not (null or Role.None), "roles", $"must be a list of some of {string.Join(", ", RoleNames.Known)}");
        var reason = KeptText.Reason(checks, request.Reason, ElevationLimits.ReasonCharsMin, ElevationLimits.ReasonCharsMax);
        checks.That(request.DurationSeconds is >= ElevationLimits.DurationSecondsMin and <= ElevationLimits.DurationSecondsMax, "duration_seconds",
            $"must be an integer from {ElevationLimits.DurationSecondsMin} to {ElevationLimits.DurationSecondsMax}");
        checks.Done();
        return (new(call.Actor.Id, roles!.Value, "", request.DurationSeconds!.Value, call.Now), reason);
    }
}
