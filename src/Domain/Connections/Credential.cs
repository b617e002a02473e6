namespace EventMesh.Domain.Connections;

/// <summary>How a connection's requests show their target whose they are.</summary>
public enum CredentialKind { None, ApiKey, Basic, Bearer, Oauth2ClientCredentials, Oauth2 }

/// <summary>Where a client's id and secret stand in a request for a token (RFC 6749 §2.3.1): in its Authorization header, or in its body.</summary>
public enum ClientAuthentication { Basic, Post }

/// <summary>
/// What may be seen of a credential; what its kind does not have is null. The secret part, which is an API key, password, bearer token or client secret, is kept elsewhere
/// and never here: events are for ever and for many eyes.
/// </summary>
/// <param name="Header">Of <c>api_key</c>: the header that carries it.</param>
/// <param name="Query">Of <c>api_key</c>: the query parameter that carries it.</param>
/// <param name="Prefix">Of <c>api_key</c> in a header: what stands before it there.</param>
/// <param name="Username">Of <c>basic</c>.</param>
/// <param name="TokenUrl">Of <c>oauth2_client_credentials</c>, as are the next seven: where tokens are asked for.</param>
/// <param name="Audience">Sent as <c>audience</c>.</param>
/// <param name="Resource">Sent as <c>resource</c> (RFC 8707).</param>
/// <param name="Parameters">Further form parameters of a request for a token; of <c>oauth2</c>, the values that its provider's addresses are made with.</param>
/// <param name="Provider">Of <c>oauth2</c>: the provider's name.</param>
public sealed record Credential(
    CredentialKind Kind, string? Header = null, string? Query = null, string? Prefix = null, string? Username = null,
    Uri? TokenUrl = null, string? ClientId = null, IReadOnlyList<string>? Scopes = null, string? Audience = null, string? Resource = null,
    ClientAuthentication? ClientAuthentication = null, IReadOnlyDictionary<string, string>? Parameters = null, string? Provider = null)
{
    public const string Authorization = "Authorization";

    public static readonly Credential None = new(CredentialKind.None);

    /// <summary>The header that this credential fills; null for none.</summary>
    public string? FilledHeader() => Kind switch
    {
        CredentialKind.None => null,
        CredentialKind.ApiKey => Header,
        _ => Authorization,
    };
}

/// <summary>Whether a connection may be sent to with its credential.</summary>
public enum CredentialStatus
{
    Active,
    /// <summary>Somebody took it back.</summary>
    Revoked,
    /// <summary>It worked once and works no more: somebody has to authorize it again.</summary>
    NeedsAttention,
    /// <summary>Nobody has authorized it yet.</summary>
    Unauthorized,
}

public enum CredentialRevokedBecause { Asked }

public enum NeedsAttentionBecause
{
    /// <summary>The provider said that what was granted is no more.</summary>
    Refused,
    /// <summary>No renewal succeeded for days.</summary>
    Exhausted,
    /// <summary>The token ended, and the provider gave nothing to renew it with.</summary>
    Expired,
}

/// <summary>The credential of a connection as it stands.</summary>
/// <param name="Secret">The id of its secret part, <c>sec_…</c>; null where its kind has none.</param>
/// <param name="Since">Since when it has this status.</param>
/// <param name="Reason">Why it is revoked.</param>
public sealed record HeldCredential(Credential Public, string? Secret, CredentialStatus Status, DateTimeOffset Since, CredentialRevokedBecause? Reason = null)
{
    /// <summary>Of a connection that never had one.</summary>
    public static readonly HeldCredential None = new(Credential.None, null, CredentialStatus.Active, DateTimeOffset.MinValue);

    internal static HeldCredential Of(ConnectionEvent.ConnectionCredentialSet set) =>
        // What a person at the provider has to allow is not allowed yet.
        new(set.Credential, set.Secret, set.Credential.Kind == CredentialKind.Oauth2 ? CredentialStatus.Unauthorized : CredentialStatus.Active, set.At);

    internal HeldCredential Revoked(ConnectionEvent.ConnectionCredentialRevoked revoked) =>
        this with { Secret = null, Status = CredentialStatus.Revoked, Since = revoked.At, Reason = revoked.Reason };

    internal HeldCredential Authorized(ConnectionEvent.ConnectionAuthorized authorized) => this with { Status = CredentialStatus.Active, Since = authorized.At };

    internal HeldCredential NeedsAttention(ConnectionEvent.ConnectionNeedsAttention needs) => this with { Status = CredentialStatus.NeedsAttention, Since = needs.At };
}
