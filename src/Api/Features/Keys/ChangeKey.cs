using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Keys;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Keys;

/// <summary>Gives a key other roles, which is giving access and needs what that needs; the key itself stays. What it may do changes with its next request, on every node.</summary>
public static class ChangeKey
{
    private static readonly string[] Changeable = [RoleFields.Field];

    public static void Map(RouteGroupBuilder keys) => keys.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("changeKey").WithSummary("Give an API key other roles")
        .WithProblem(StatusCodes.Status403Forbidden).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<ReadKeys.KeyView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, Refusals refusals, HttpContext context)
    {
        Streams.Named(call, id, "key_", ReadKeys.Missing);
        patch.Only(Changeable);
        var checks = new Checks();
        var roles = RoleFields.Validated(checks, [.. patch.Texts(RoleFields.Field)]);
        checks.Done();
        refusals.Demand(call, Permission.WriteMembers, OwnRoles.Beyond(call.Actor, roles), context);
        var command = new ApiKeyCommand.ChangeApiKeyRoles(roles, call.Now);
        var decided = await store.For(call.Workspace.Id).Decide<ApiKey, ApiKeyEvent>(
            id, "api_key", ApiKey.Initial, ApiKey.Evolve, s => ApiKeyDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return ReadKeys.View(id, (ApiKey.Active)decided.State);
    }
}
