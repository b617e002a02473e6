using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Admins;

/// <summary>The token ends with the next request, on every node. The admin whose token the settings give stays: it ends with the settings.</summary>
public static class RemoveAdmin
{
    public static void Map(RouteGroupBuilder admins) => admins.MapDelete("/{id}", Handle)
        .Needs(Permission.ManageAdmins).WithName("removeAdmin").WithSummary("Remove a platform admin; the token ends at once").Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> Handle(string id, Call call, Store store, IndexFollower index, HttpContext context)
    {
        Streams.Named(call, id, "adm_", "There is no such admin.");
        var command = new PlatformAdminCommand.RemovePlatformAdmin(call.Now);
        var decided = await store.For(Workspace.PlatformId).Decide<PlatformAdmin, PlatformAdminEvent>(
            id, "platform_admin", PlatformAdmin.Initial, PlatformAdmin.Evolve, s => PlatformAdminDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        return Results.NoContent();
    }
}
