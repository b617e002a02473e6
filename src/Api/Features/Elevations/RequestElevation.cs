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
        var command = Validated(body.Value, call);
        var id = call.NewId("elv_");
        var decided = await store.For(call.Workspace.Id).Decide<Elevation, ElevationEvent>(
            id, "elevation", Elevation.Initial, Elevation.Evolve, s => ElevationDecider.Decide(command, s), call.Metadata(id), null, context.RequestAborted);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/elevations/{id}", ElevationView.Of(id, decided.State, call.Now));
    }

    private static ElevationCommand.RequestElevation Validated(Request request, Call call)
    {
        var checks = new Checks();
        var roles = RoleNames.Parse(request.Roles ?? []);
        checks.That(roles is not (null or Role.None), "roles", $"must be a list of some of {string.Join(", ", RoleNames.Known)}");
        var reason = request.Reason?.Trim() ?? "";
        if (checks.That(reason.Length is >= ElevationLimits.ReasonCharsMin and <= ElevationLimits.ReasonCharsMax, "reason",
            $"must have {ElevationLimits.ReasonCharsMin} to {ElevationLimits.ReasonCharsMax} characters")) checks.That(Checks.IsText(reason), "reason", "may not contain control characters or unpaired surrogates");
        checks.That(request.DurationSeconds is >= ElevationLimits.DurationSecondsMin and <= ElevationLimits.DurationSecondsMax, "duration_seconds",
            $"must be an integer from {ElevationLimits.DurationSecondsMin} to {ElevationLimits.DurationSecondsMax}");
        checks.Done();
        return new(call.Actor.Id, roles!.Value, reason, request.DurationSeconds!.Value, call.Now);
    }
}
