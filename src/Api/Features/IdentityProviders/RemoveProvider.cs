using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.IdentityProviders;

public static class RemoveProvider
{
    public static void Map(RouteGroupBuilder providers) => providers.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("removeIdentityProvider").WithSummary("Trust an identity provider no longer; its tokens are refused from then on")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, TrustProvider.Prefix, ReadProviders.Missing);
        var command = new TrustedProviderCommand.RemoveProvider(call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<TrustedProvider, TrustedProviderEvent>(
            id, "identity_provider", TrustedProvider.Initial, TrustedProvider.Evolve, s => TrustedProviderDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
