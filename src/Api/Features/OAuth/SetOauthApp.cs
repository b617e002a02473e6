using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.OAuth;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.OAuth;

/// <summary>Sets the app by which a provider is asked: a workspace's own, or the platform's for all that have none.</summary>
public static class SetOauthApp
{
    public static void Map(RouteGroupBuilder apps, RouteGroupBuilder platform)
    {
        apps.MapPut("/{provider}", (string provider, Body<OauthAppFields> body, Call call, Store store, IndexFollower index, Providers providers, HttpContext context) =>
                Handle(call.Workspace.Id, provider, body, call, store, index, providers, context))
            .Needs(Permission.WriteConnections).WithName("setOauthApp").WithSummary("Set the workspace's app with an OAuth provider; its secret is never shown");
        platform.MapPut("/{provider}", (string provider, Body<OauthAppFields> body, Call call, Store store, IndexFollower index, Providers providers, HttpContext context) =>
                Handle(Workspace.PlatformId, provider, body, call, store, index, providers, context))
            .Needs(Permission.ChangeWorkspaces).WithName("setPlatformOauthApp").WithSummary("Set the platform's app with an OAuth provider, for workspaces that have none of their own");
    }

    private static async Task<OauthAppView> Handle(
        string owner, string provider, Body<OauthAppFields> body, Call call, Store store, IndexFollower index, Providers providers, HttpContext context)
    {
        ReadOauthApps.Known(providers, provider);
        var (clientId, clientSecret) = body.Value.Validated();
        var workspace = store.For(owner);
        var secret = clientSecret is null ? null : call.NewId("sec_");
        call.Subject = OauthApp.StreamOf(provider);
        // Before the event that names it: a crash in between leaves a secret that nobody uses.
        if (secret is not null) await workspace.PutSecret(OAuthClients.NameOf(provider, secret), Encoding.UTF8.GetBytes(clientSecret!), call.Now, context.RequestAborted);
        var command = new OauthAppCommand.SetApp(provider, clientId, secret, call.Now);
        var former = OauthApp.Initial;
        var decided = await workspace.Decide<OauthApp, OauthAppEvent>(
            OauthApp.StreamOf(provider), "oauth_app", OauthApp.Initial, OauthApp.Evolve, s => OauthAppDecider.Decide(command, former = s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        await Destroy(workspace, former, call.Now, context.RequestAborted);
        return new(provider, clientId, secret is not null, owner == Workspace.PlatformId, call.Now);
    }

    /// <summary>Destroys the secret of an app that is another by now, or none.</summary>
    internal static async Task Destroy(WorkspaceStore workspace, OauthApp former, DateTimeOffset at, CancellationToken stop)
    {
        if (former is OauthApp.Registered { Secret: { } secret } app) await workspace.DestroySecrets([(OAuthClients.NameOf(app.Provider, secret), 1)], at, stop);
    }
}
