using System.Globalization;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Secrets;

public static class RevokeSecretVersion
{
    public static void Map(RouteGroupBuilder secrets) => secrets.MapDelete("/{name}/versions/{version}", Handle)
        .Needs(Permission.WriteSecrets).WithIfMatch().WithName("revokeSecretVersion").WithSummary("Revoke a version: nobody gets it any more, and its value is destroyed")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string name, string version, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (workspace, stream) = (store.For(call.Workspace.Id), SecretView.Stream(call, name));
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw ProblemAnswer.Missing("There is no such version.");
        var command = new SecretCommand.RevokeVersion(number, call.Now);
        var decided = await workspace.Decide<Secret, SecretEvent>(
            stream, "secret", Secret.Initial, Secret.Evolve, s => SecretDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        // Revoked it is by now; a repeat destroys what a crash left.
        await workspace.DestroySecrets([(name, number)], call.Now, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
