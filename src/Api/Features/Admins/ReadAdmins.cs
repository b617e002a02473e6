using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Admins;

public static class ReadAdmins
{
    public sealed record AdminView(string Id, string Name, DateTimeOffset AddedAt);

    public static void Map(RouteGroupBuilder admins) => admins.MapGet("", Handle)
        .Needs(Permission.ManageAdmins).WithPages().WithName("listAdmins").WithSummary("List the platform's admins, without their tokens");

    private static async Task<Listed<AdminView>> Handle(Page page, Call call, Store store, HttpContext context)
    {
        var found = await Streams.List<PlatformAdmin, PlatformAdminEvent, AdminView>(store, Workspace.PlatformId, "adm_", page, PlatformAdmin.Initial, PlatformAdmin.Evolve,
            (id, _, admin) => admin is PlatformAdmin.Active active ? new(id, active.Name, active.AddedAt) : null, context.RequestAborted);
        return page.Of(found, a => a.Id);
    }
}
