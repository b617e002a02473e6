using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

public static class DeleteServiceAccount
{
    public static void Map(RouteGroupBuilder accounts) => accounts.MapDelete("/{id}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("deleteServiceAccount").WithSummary("Delete a service account; its tokens end at once")
        .Produces(StatusCodes.Status204NoContent).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        await DecideOnAccount.Run(id, call, store, index, s => ServiceAccountDecider.Decide(new ServiceAccountCommand.DeleteServiceAccount(call.Now), s), context);
        return Results.NoContent();
    }
}
