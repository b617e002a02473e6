using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Delivery.Credentials;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Delivery.OAuth;

/// <summary>Credentials that a person allowed at an OAuth 2.0 provider: the access token, where that provider wants it.</summary>
public sealed class OAuthAuthorizer(ConnectionTokens tokens, Providers providers, TimeProvider clock) : IAuthorizer
{
    public IReadOnlyList<CredentialKind> Kinds { get; } = [CredentialKind.Oauth2];

    public async ValueTask<Authorized> Authorize(CredentialUse use, CancellationToken stop)
    {
        try
        {
            var usable = await tokens.Of(use.Workspace, use.Connection, use.Credential.Since, stop).ConfigureAwait(false);
            if (usable.Tokens is not { } set) return new Authorized.Unusable(Failure.CredentialUnavailable, usable.Error!);
            if (usable.Provider != use.Credential.Public.Provider || providers.Find(usable.Provider!) is not { } provider)
                return new Authorized.Unusable(Failure.CredentialUnavailable, $"the provider {use.Credential.Public.Provider} is not known here");
            usable.Uses?.Count(use.For, clock.GetUtcNow());
            return new Authorized.Ready(Authorization.InHeader(provider.Placement.Header, Template.Fill(provider.Placement.Format, name => name == "access_token" ? set.AccessToken : set.Kept.GetValueOrDefault(name))));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Authorized.Unusable(Failure.CredentialUnavailable, "the connection's token could not be renewed in time");
        }
    }

    public bool Refused(CredentialUse use, Authorization shown) =>
        tokens.Refused(use.Workspace, use.Connection, token => shown.Headers.Values.Any(v => v.Contains(token, StringComparison.Ordinal)));
}
