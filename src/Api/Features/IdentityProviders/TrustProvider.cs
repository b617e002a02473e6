using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Connectors;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.IdentityProviders;

public static class TrustProvider
{
    public const string Prefix = "idp_";

    public static void Map(RouteGroupBuilder providers) => providers.MapPost("", Handle)
        .Needs(Permission.WriteMembers).WithName("trustIdentityProvider").WithSummary("Trust an identity provider: let in whoever has a token of it that fits")
        .Produces<ProviderView>(StatusCodes.Status201Created).WithProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> Handle(Body<ProviderFields> body, Call call, Store store, IndexFollower index, AddressGuard guard, PublicAddress address, HttpContext context)
    {
        var settings = body.Value.Validated(guard, enabled: true);
        // A token of ours is its own workspace's whoever trusts whom: an entry here would look as if it did something.
        if (address.IsIssuer(settings.Issuer)) throw Problem.InvalidRequest.At("issuer", "is an issuer of this EventMesh, whose tokens are for their own workspace alone and need no trust there");
        var (workspace, id, stop) = (store.For(call.Workspace.Id), call.NewId(Prefix), context.RequestAborted);
        var decided = await workspace.Counted(Prefix, "provider_removed", async count =>
        {
            if (count >= TrustedProviderDecider.ProvidersMax) throw Problem.LimitReached.With($"A workspace trusts at most {TrustedProviderDecider.ProvidersMax} identity providers. Remove one.");
            var command = new TrustedProviderCommand.TrustProvider(settings, await Issuers(store, call.Workspace.Id, stop), call.Now);
            return await workspace.Decide<TrustedProvider, TrustedProviderEvent>(
                id, "identity_provider", TrustedProvider.Initial, TrustedProvider.Evolve, s => TrustedProviderDecider.Decide(command, s), call.Metadata(), null, stop);
        }, stop);
        await index.Reach(decided.Position, stop);
        ETag.Set(context.Response, decided.Version);
        return Results.Created($"/v1/workspaces/{call.Workspace.Id}/identity-providers/{id}", ProviderView.Of(call.Workspace.Id, id, decided.Version, decided.State));
    }

    private static async Task<string[]> Issuers(Store store, string workspace, CancellationToken stop)
    {
        var present = await Streams.List<TrustedProvider, TrustedProviderEvent, ProviderView>(
            store, workspace, Prefix, new(TrustedProviderDecider.ProvidersMax, null), TrustedProvider.Initial, TrustedProvider.Evolve, (id, version, p) => ProviderView.Of(workspace, id, version, p), stop);
        return [.. present.Select(p => p.Issuer)];
    }
}
