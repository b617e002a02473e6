using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Secrets;

public static class DeleteSecret
{
    public static void Map(RouteGroupBuilder secrets) => secrets.MapDelete("/{name}", Handle)
        .Needs(Permission.WriteSecrets).WithIfMatch().WithName("deleteSecret").WithSummary("Delete a secret: every version is revoked, and its values are destroyed")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string name, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var (workspace, stream) = (store.For(call.Workspace.Id), SecretView.Stream(call, name));
        var deleted = Secret.Initial;
        var decided = await workspace.Decide<Secret, SecretEvent>(
            stream, "secret", Secret.Initial, Secret.Evolve, s => SecretDecider.Decide(new SecretCommand.DeleteSecret(call.Now), deleted = s), call.Metadata(),
            ETag.Expected(context.Request), context.RequestAborted);
        // Those that were deleted, and no other that somebody may have brought under the same name since.
        if (deleted is Secret.Kept kept) await workspace.DestroySecrets([.. kept.Versions.Select(v => (name, v.Number))], call.Now, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
