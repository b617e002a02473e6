using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <summary>A merge patch (RFC 7396). Other roles bind tokens that are out already; disabling ends them all.</summary>
public static class ChangeServiceAccount
{
    private static readonly string[] Changeable = ["name", "roles", "token_seconds", "status"];

    public static void Map(RouteGroupBuilder accounts) => accounts.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("changeServiceAccount").WithSummary("Change, enable or disable a service account; its tokens follow at once")
        .WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<ServiceAccountView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, Refusals refusals, HttpContext context)
    {
        patch.Only(Changeable);
        var decided = await DecideOnAccount.Run(id, call, store, index, state =>
        {
            var view = ServiceAccountView.Of(id, 0, state) ?? throw ProblemAnswer.Missing(ServiceAccountView.NotThere);
            var (name, roles, seconds) = patch.Onto(new ServiceAccountFields(view.Name, view.Roles, view.TokenSeconds)).Validated();
            refusals.Demand(call, Permission.WriteMembers, OwnRoles.Beyond(call.Actor, roles), context);
            bool? enabled = patch.Status is { } status ? status == "enabled" : null;
            return ServiceAccountDecider.Decide(new ServiceAccountCommand.ChangeServiceAccount(name, roles, seconds, enabled, call.Now), state);
        }, context);
        return ServiceAccountView.Of(id, decided.Version, decided.State)!;
    }
}
