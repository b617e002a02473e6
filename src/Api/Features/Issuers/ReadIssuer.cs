using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;

namespace EventMesh.Api.Features.Issuers;

public static class ReadIssuer
{
    public static void Map(RouteGroupBuilder issuer) => issuer.MapGet("", Handle)
        .Needs(Permission.ReadMembers).WithName("getIssuer").WithSummary("Read the workspace's issuer and the state of its signing keys");

    private static async Task<IssuerView> Handle(Call call, Store store, PublicAddress address, HttpContext context)
    {
        var (state, version) = await store.For(call.Workspace.Id).Fold<Issuer, IssuerEvent>(Issuer.Stream, Issuer.Initial, Issuer.Evolve, context.RequestAborted);
        ETag.Set(context.Response, version);
        return IssuerView.Of(address.IssuerOf(call.Workspace.Id), state, version, call.Now);
    }
}
