using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.IdentityProviders;

public static class ReadProviders
{
    public const string Missing = "There is no such identity provider.";

    public static void Map(RouteGroupBuilder providers)
    {
        providers.MapGet("", List).Needs(Permission.ReadMembers).WithPages().WithMoment().WithName("listIdentityProviders").WithSummary("List the identity providers that are trusted, oldest first");
        providers.MapGet("/{id}", One).Needs(Permission.ReadMembers).WithMoment().WithName("getIdentityProvider").WithSummary("Read an identity provider");
    }

    private static async Task<Listed<ProviderView>> List(Page page, Call call, Moment moment, HttpContext context) =>
        page.Of(await moment.List<TrustedProvider, TrustedProviderEvent, ProviderView>(
            TrustProvider.Prefix, page, TrustedProvider.Initial, TrustedProvider.Evolve,
            (id, version, provider) => ProviderView.Of(call.Workspace.Id, id, version, provider), context.RequestAborted), p => p.Id);

    private static async Task<ProviderView> One(string id, Call call, Moment moment, HttpContext context)
    {
        var view = await Find(id, call, moment, context.RequestAborted);
        ETag.Set(context.Response, view.Version);
        return view;
    }

    /// <exception cref="ProblemException">404: there is none.</exception>
    public static async Task<ProviderView> Find(string id, Call call, Moment moment, CancellationToken stop)
    {
        Streams.Named(call, id, TrustProvider.Prefix, Missing);
        var (state, version) = await moment.Fold<TrustedProvider, TrustedProviderEvent>(id, TrustedProvider.Initial, TrustedProvider.Evolve, stop);
        return ProviderView.Of(call.Workspace.Id, id, version, state) ?? throw ProblemAnswer.Missing(Missing);
    }
}
