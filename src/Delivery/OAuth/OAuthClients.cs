using System.Collections.Concurrent;
using System.Text;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.Offboarding;
using EventMesh.Domain.OAuth;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.OAuth;

/// <summary>The registered apps by which a workspace asks providers: its own, else the platform's.</summary>
public sealed class OAuthClients(Store store, IndexFollower follower) : IForgets
{
    private const int KeptMax = 10_000;

    // An id's secret never changes.
    private readonly ConcurrentDictionary<(string Workspace, string Secret), string> secrets = new();

    /// <summary>The name under which the client's secret is kept.</summary>
    public static string NameOf(string provider, string secret) => $"oauth-apps/{provider}/{secret}";

    /// <param name="clientId">The app that tokens were given to; null for the one that new ones are asked with.</param>
    /// <returns>Null when there is none.</returns>
    public async ValueTask<OAuthClient?> Of(string workspace, string provider, string? clientId, CancellationToken stop)
    {
        var own = follower.Index.Find(workspace)?.OauthApps.Find(provider);
        if (own is not null && (clientId is null || own.ClientId == clientId)) return await Client(workspace, own, stop).ConfigureAwait(false);
        var shared = follower.Index.PlatformApps.Find(provider);
        return shared is not null && (clientId is null || shared.ClientId == clientId) ? await Client(Workspace.PlatformId, shared, stop).ConfigureAwait(false) : null;
    }

    // Null when it was just replaced and this node has not heard of it yet.
    private async ValueTask<OAuthClient?> Client(string owner, OauthApp.Registered app, CancellationToken stop)
    {
        if (app.Secret is not { } id) return new(app.ClientId, null);
        if (secrets.TryGetValue((owner, id), out var known)) return new(app.ClientId, known);
        if (await store.For(owner).ReadSecret(NameOf(app.Provider, id), stop).ConfigureAwait(false) is not { } value) return null;
        if (secrets.Count >= KeptMax) secrets.Clear();
        return new(app.ClientId, secrets[(owner, id)] = Encoding.UTF8.GetString(value));
    }

    public void Forget(string workspace) => secrets.Forget(workspace);
}
