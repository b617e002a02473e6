using EventMesh.Api.Edge;
using EventMesh.Api.OAuth;
using EventMesh.Connectors.OAuth;

namespace EventMesh.Api.Features.OAuth;

public static class ListOauthProviders
{
    /// <param name="RedirectUri">To be registered with the provider, to the letter.</param>
    /// <param name="Parameters">What a connection's credential has to say beside the provider.</param>
    /// <param name="HasApp">Whether there is an app to ask with: the workspace's own or the platform's.</param>
    public sealed record ProviderView(string Id, string Name, IReadOnlyList<string> DefaultScopes, bool Pkce, IReadOnlyList<ParameterView> Parameters, string RedirectUri, bool HasApp);

    /// <param name="Default">Null: it has to be given.</param>
    public sealed record ParameterView(string Name, string Description, string Pattern, string? Default);

    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/oauth-providers", Handle).WithTags("OAuth")
        .Needs(Permission.ReadConnections).WithName("listOauthProviders").WithSummary("List the OAuth providers that connections can be authorized with");

    private static Listed<ProviderView> Handle(Call call, Providers providers, BeginAuthorization begin, Projections.Index.IndexFollower index) => new(
        [.. providers.All.Select(p => new ProviderView(p.Id, p.Name, p.Scopes.Default, p.Pkce,
            [.. p.Parameters.Select(q => new ParameterView(q.Key, q.Value.Description, q.Value.Pattern, q.Value.Default))], begin.Redirect.OriginalString,
            call.Workspace.OauthApps.Find(p.Id) is not null || index.Index.PlatformApps.Find(p.Id) is not null))], null);
}
