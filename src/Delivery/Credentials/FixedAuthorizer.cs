using System.Text;
using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;
using EventMesh.Domain.Secrets;

namespace EventMesh.Delivery.Credentials;

/// <summary>Credentials that are sent as they are kept: API key, user name and password (RFC 7617), bearer token (RFC 6750).</summary>
public sealed class FixedAuthorizer(CredentialValues values) : IAuthorizer
{
    public IReadOnlyList<CredentialKind> Kinds { get; } = [CredentialKind.ApiKey, CredentialKind.Basic, CredentialKind.Bearer];

    public async ValueTask<Authorized> Authorize(CredentialUse use, CancellationToken stop) =>
        use.Credential.Secret is { } secret && await values.OfCredential(use.Workspace, use.Connection, secret, SecretPurpose.Credential, use.For, stop).ConfigureAwait(false) is { } value
            ? new Authorized.Ready(Of(use.Credential.Public, value))
            : new Authorized.Unusable(Failure.CredentialUnavailable, "the credential's value is not kept any more");

    /// <summary>The next attempt would carry the same.</summary>
    public bool Refused(CredentialUse use, Authorization shown) => false;

    internal static Authorization Of(Credential credential, string value) => credential switch
    {
        { Kind: CredentialKind.ApiKey, Header: { } header } => Authorization.InHeader(header, credential.Prefix + value) with { Secret = value },
        { Kind: CredentialKind.ApiKey, Query: { } query } => Authorization.InQuery(query, value),
        { Kind: CredentialKind.Basic } => Authorization.InHeader(Credential.Authorization, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{value}"))) with { Secret = value },
        { Kind: CredentialKind.Bearer } => Authorization.InHeader(Credential.Authorization, "Bearer " + value),
        _ => throw new InvalidOperationException($"A credential of kind {credential.Kind} is not sent as it is kept."),
    };
}
