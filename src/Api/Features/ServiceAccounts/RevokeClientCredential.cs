using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

public static class RevokeClientCredential
{
    public static void Map(RouteGroupBuilder accounts) => accounts.MapDelete("/{id}/credentials/{credential}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("revokeClientCredential").WithSummary("Revoke a credential at once; tokens that it got hold until they expire")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, string credential, Call call, Store store, IndexFollower index, HttpContext context)
    {
        await DecideOnAccount.Run(id, call, store, index, s => ServiceAccountDecider.Decide(new ServiceAccountCommand.RevokeCredential(credential, call.Now), s), context);
        return Results.NoContent();
    }
}
