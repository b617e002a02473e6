using EventMesh.Api.Edge;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.OAuth;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.OAuth;

/// <summary>The apps by which providers are asked: everything but their secrets.</summary>
public static class ReadOauthApps
{
    private const string Missing = "There is no OAuth app for this provider.";

    public static void Map(RouteGroupBuilder apps, RouteGroupBuilder platform)
    {
        apps.MapGet("", (Call call, IndexFollower index) => List(call.Workspace.OauthApps, index.Index.PlatformApps))
            .Needs(Permission.ReadConnections).WithName("listOauthApps").WithSummary("List the apps with OAuth providers: the workspace's own, and the platform's where it has none");
        apps.MapGet("/{provider}", (string provider, Call call, IndexFollower index) => One(provider, call.Workspace.OauthApps, index.Index.PlatformApps))
            .Needs(Permission.ReadConnections).WithName("getOauthApp").WithSummary("Read the app with an OAuth provider, without its secret");
        platform.MapGet("", (IndexFollower index) => List(OauthApps.Empty, index.Index.PlatformApps))
            .Needs(Permission.ChangeWorkspaces).WithName("listPlatformOauthApps").WithSummary("List the platform's apps with OAuth providers");
    }

    /// <exception cref="ProblemException">404: no provider has this name.</exception>
    public static void Known(Providers providers, string provider)
    {
        if (!Providers.IsId(provider) || providers.Find(provider) is null) throw ProblemAnswer.Missing("There is no such OAuth provider.");
    }

    private static Listed<OauthAppView> List(OauthApps own, OauthApps platform) => new(
        [.. own.All.Select(a => View(a, false)).Concat(platform.All.Where(a => own.Find(a.Provider) is null).Select(a => View(a, true))).OrderBy(a => a.Provider, StringComparer.Ordinal)], null);

    private static OauthAppView One(string provider, OauthApps own, OauthApps platform) =>
        own.Find(provider) is { } mine ? View(mine, false) : platform.Find(provider) is { } shared ? View(shared, true) : throw ProblemAnswer.Missing(Missing);

    private static OauthAppView View(OauthApp.Registered app, bool platform) => new(app.Provider, app.ClientId, app.Secret is not null, platform, app.SetAt);
}
