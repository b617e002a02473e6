using System.Collections.Immutable;
using EventMesh.Domain.OAuth;

namespace EventMesh.Projections.Index;

/// <summary>Somebody's registrations with OAuth providers at one moment. Never changed: a later moment is another one.</summary>
public sealed class OauthApps
{
    public static readonly OauthApps Empty = new(ImmutableDictionary<string, OauthApp.Registered>.Empty);

    private readonly ImmutableDictionary<string, OauthApp.Registered> apps;

    private OauthApps(ImmutableDictionary<string, OauthApp.Registered> apps) => this.apps = apps;

    /// <summary>Null when there is none with this provider.</summary>
    public OauthApp.Registered? Find(string provider) => apps.GetValueOrDefault(provider);

    /// <summary>By provider.</summary>
    public IReadOnlyList<OauthApp.Registered> All => [.. apps.Values.OrderBy(a => a.Provider, StringComparer.Ordinal)];

    internal OauthApps Apply(string stream, OauthAppEvent happened) =>
        new(OauthApp.Evolve(OauthApp.Initial, happened) is OauthApp.Registered registered ? apps.SetItem(registered.Provider, registered) : apps.Remove(OauthApp.ProviderOf(stream)));
}
