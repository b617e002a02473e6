using System.Collections.Immutable;
using EventMesh.Domain.Identity;

namespace EventMesh.Projections.Index;

/// <summary>The identity providers that one workspace trusts, by issuer. Never changed: a later moment is another one.</summary>
public sealed record TrustedProviders
{
    public static readonly TrustedProviders None = new();

    private ImmutableDictionary<string, TrustedProvider> byId = ImmutableDictionary<string, TrustedProvider>.Empty;
    private ImmutableDictionary<string, (string Id, ProviderSettings Settings)> byIssuer = ImmutableDictionary<string, (string, ProviderSettings)>.Empty;

    /// <summary>The provider whose tokens are from <paramref name="issuer"/>; null when the workspace trusts none such, or has it switched off.</summary>
    public (string Id, ProviderSettings Settings)? Of(string issuer) => byIssuer.TryGetValue(issuer, out var found) && found.Settings.Enabled ? found : null;

    /// <summary>Whether a provider with this id is trusted, enabled or not.</summary>
    public bool Has(string id) => byId.GetValueOrDefault(id) is TrustedProvider.Trusted;

    internal TrustedProviders Apply(string id, TrustedProviderEvent happened)
    {
        var (before, after) = (byId.GetValueOrDefault(id, TrustedProvider.Initial), TrustedProvider.Evolve(byId.GetValueOrDefault(id, TrustedProvider.Initial), happened));
        var issuers = before is TrustedProvider.Trusted was ? byIssuer.Remove(was.Settings.Issuer) : byIssuer;
        return after is TrustedProvider.Trusted now
            ? new() { byId = byId.SetItem(id, now), byIssuer = issuers.SetItem(now.Settings.Issuer, (id, now.Settings)) }
            : new() { byId = byId.Remove(id), byIssuer = issuers };
    }
}
