namespace EventMesh.Domain.Identity;

public enum ClientCredentialKind { Secret, Jwk }

/// <summary>Something that a service account proves itself with. Of a secret only the digest is here.</summary>
/// <param name="Id"><c>crd_…</c>.</param>
/// <param name="Sha256">Of a secret, hex in lower case; else null.</param>
/// <param name="Jwk">Of a key: its public half as a JWK (RFC 7517), JSON; else null.</param>
/// <param name="Kid">Of a key: its thumbprint (RFC 7638), or the name its owner gave it; else null.</param>
/// <param name="ExpiresAt">From then on it proves nothing; null for never.</param>
public sealed record ClientCredential(
    string Id, ClientCredentialKind Kind, string? Sha256, string? Jwk, string? Kid, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>How many of an account may be usable at once.</summary>
    public const int ActiveMax = 10;

    public bool IsUsableAt(DateTimeOffset now) => ExpiresAt is not { } end || end > now;
}
