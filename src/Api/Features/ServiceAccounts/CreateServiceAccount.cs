using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

public static class CreateServiceAccount
{
    public static void Map(RouteGroupBuilder accounts) => accounts.MapPost("", Handle)
        .Needs(Permission.WriteMembers).WithName("createServiceAccount").WithSummary("Create a service account; it gets tokens once it has a credential")
        .Produces<ServiceAccountView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<ServiceAccountFields> body, Call call, Store store, IndexFollower index, Refusals refusals, HttpContext context)
    {
        var (name, roles, seconds) = body.Value.Validated();
        refusals.Demand(call, Permission.WriteMembers, OwnRoles.Beyond(call.Actor, roles), context);
        var (workspace, id) = (store.For(call.Workspace.Id), call.NewId(ServiceAccountView.Prefix));
        var command = new ServiceAccountCommand.CreateServiceAccount(name, roles, seconds, call.Now);
        var decided = await workspace.Counted(ServiceAccountView.Prefix, "service_account_deleted", count => count < ServiceAccount.CountMax
            ? workspace.Decide<ServiceAccount, ServiceAccountEvent>(id, ServiceAccountView.StreamType, ServiceAccount.Initial, ServiceAccount.Evolve,
                s => ServiceAccountDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted)
            : throw Problem.LimitReached.With($"A workspace has at most {ServiceAccount.CountMax} service accounts; delete one."), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/service-accounts/{id}", ServiceAccountView.Of(id, decided.Version, decided.State));
    }
}
