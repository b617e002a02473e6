using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.IdentityProviders;

/// <summary>A merge patch (RFC 7396) of everything but the issuer: what is left out stays, null takes away.</summary>
public static class ChangeProvider
{
    private static readonly string[] Changeable = ["name", "audiences", "algorithms", "roles_claim", "roles", "tenant_claim", "tenant_value", "require_tenant_id", "status"];

    public static void Map(RouteGroupBuilder providers) => providers.MapPatch("/{id}", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("changeIdentityProvider").WithSummary("Change, enable or disable an identity provider")
        .WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<ProviderView> Handle(string id, Patch patch, Call call, Store store, IndexFollower index, AddressGuard guard, HttpContext context)
    {
        Streams.Named(call, id, TrustProvider.Prefix, ReadProviders.Missing);
        patch.Only(Changeable);
        var decided = await store.For(call.Workspace.Id).Decide<TrustedProvider, TrustedProviderEvent>(
            id, "identity_provider", TrustedProvider.Initial, TrustedProvider.Evolve, state => Decide(state, patch, guard, call.Now), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return ProviderView.Of(call.Workspace.Id, id, decided.Version, decided.State)!;
    }

    private static TrustedProviderEvent[] Decide(TrustedProvider state, Patch patch, AddressGuard guard, DateTimeOffset now)
    {
        if (state is not TrustedProvider.Trusted { Settings: var s }) throw ProblemAnswer.Missing(ReadProviders.Missing);
        var present = new ProviderFields(s.Name, s.Issuer, s.Audiences, s.Algorithms, s.Mapping?.Claim, s.Mapping?.Roles, s.Tenant.Claim, s.Tenant.Value, s.Tenant.Required);
        var settings = patch.Onto(present).Validated(guard, patch.Status is { } status ? status == "enabled" : s.Enabled);
        return TrustedProviderDecider.Decide(new TrustedProviderCommand.ChangeProvider(settings, now), state);
    }
}
