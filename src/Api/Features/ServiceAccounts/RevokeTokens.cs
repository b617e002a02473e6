using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <summary>Ends every token that an account has. Its credentials stay, and get new ones.</summary>
public static class RevokeTokens
{
    public static void Map(RouteGroupBuilder accounts) => accounts.MapPost("/{id}/revoke-tokens", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("revokeTokens").WithSummary("End every token of a service account; its credentials stay")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        await DecideOnAccount.Run(id, call, store, index, s => ServiceAccountDecider.Decide(new ServiceAccountCommand.RevokeTokens(call.Now), s), context);
        return Results.NoContent();
    }
}
