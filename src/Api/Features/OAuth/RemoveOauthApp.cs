using EventMesh.Api.Edge;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Features.OAuth;

/// <summary>Removes an app. Connections that were authorized by it are used until their tokens end, and cannot be renewed.</summary>
public static class RemoveOauthApp
{
    public static void Map(RouteGroupBuilder apps, RouteGroupBuilder platform)
    {
        apps.MapDelete("/{provider}", (string provider, Call call, Store store, IndexFollower index, Providers providers, HttpContext context) => Handle(call.Workspace.Id, provider, call, store, index, providers, context))
            .Needs(Permission.WriteConnections).WithName("removeOauthApp").WithSummary("Remove the workspace's app with an OAuth provider").Produces(StatusCodes.Status204NoContent);
        platform.MapDelete("/{provider}", (string provider, Call call, Store store, IndexFollower index, Providers providers, HttpContext context) => Handle(Workspace.PlatformId, provider, call, store, index, providers, context))
            .Needs(Permission.ChangeWorkspaces).WithName("removePlatformOauthApp").WithSummary("Remove the platform's app with an OAuth provider").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> Handle(string owner, string provider, Call call, Store store, IndexFollower index, Providers providers, HttpContext context)
    {
        ReadOauthApps.Known(providers, provider);
        call.Subject = OauthApp.StreamOf(provider);
        var (workspace, former) = (store.For(owner), OauthApp.Initial);
        var decided = await workspace.Decide<OauthApp, OauthAppEvent>(
            OauthApp.StreamOf(provider), "oauth_app", OauthApp.Initial, OauthApp.Evolve, s => OauthAppDecider.Decide(new OauthAppCommand.RemoveApp(call.Now), former = s), call.Metadata(), null, context.RequestAborted);
        await index.Reach(decided.Position, context.RequestAborted);
        await SetOauthApp.Destroy(workspace, former, call.Now, context.RequestAborted);
        return Results.NoContent();
    }
}
