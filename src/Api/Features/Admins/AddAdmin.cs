using System.Security.Cryptography;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.Admins;

/// <summary>Admins with names, so that the platform's history says which of them did what, and one can approve what another asks for.</summary>
public static class AddAdmin
{
    private const int RandomChars = 32;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public sealed record Request(string? Name);

    /// <param name="Token">The token itself: here and never again.</param>
    public sealed record Response(string Id, string Name, string Token, DateTimeOffset AddedAt)
    {
        public override string ToString() => $"{nameof(Response)} {{ {Id} }}";
    }

    public static void Map(RouteGroupBuilder admins) => admins.MapPost("", Handle)
        .Needs(Permission.ManageAdmins).WithName("addAdmin").WithSummary("Add a platform admin; the token is shown once").Produces<Response>(StatusCodes.Status201Created);

    private static async Task<IResult> Handle(Body<Request> body, Call call, Store store, IndexFollower index, HttpContext context)
    {
        var checks = new Checks();
        var name = checks.Name(body.Value.Name);
        checks.Done();
        var (id, token) = (call.NewId("adm_"), AdminToken.Prefix + RandomNumberGenerator.GetString(Base62, RandomChars));
        var command = new PlatformAdminCommand.AddPlatformAdmin(name, Tokens.Sha256(token), call.Now);
        var decided = await store.For(Workspace.PlatformId).Decide<PlatformAdmin, PlatformAdminEvent>(
            id, "platform_admin", PlatformAdmin.Initial, PlatformAdmin.Evolve, s => PlatformAdminDecider.Decide(command, s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/v1/admins/{id}", new Response(id, name, token, call.Now));
    }
}
