using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>
/// Whether a token of a workspace's own issuer holds. Its signature is checked once on each node and remembered by the token's digest; everything that can change
/// (the key, the account or API key behind it, its roles, a revocation) is looked up in the index at each use, and so binds as soon as the index has it.
/// </summary>
public sealed class OwnTokens(IndexFollower index, PublicAddress address, TimeProvider clock)
{
    public const string IdPrefix = "tok_";

    private readonly RememberedTokens remembered = new();
    private readonly ConditionalWeakTable<IssuerKey, Jwk> parsed = [];

    /// <summary>A token whose signature was found right before; null when it must be looked at, or holds no longer.</summary>
    public (VerifiedToken Token, Role Roles)? Recall(ConfiguredWorkspace workspace, ReadOnlySpan<char> token) =>
        remembered.Find(workspace.Id, Digest(token)) is { } found && Standing(workspace, found, clock.GetUtcNow(), out var roles) is null ? (found, roles) : null;

    /// <param name="verified">What the token says, when the answer is null.</param>
    /// <param name="roles">What its owner may do with it now.</param>
    /// <returns><see cref="TokenRefusal.KeyUnknown"/> and <see cref="TokenRefusal.SubjectMissing"/> also when another node knows more than this one.</returns>
    public TokenRefusal? Check(ConfiguredWorkspace workspace, string token, out VerifiedToken? verified, out Role roles)
    {
        (verified, roles) = (null, Role.None);
        if (token.Length > Jws.CharsMax) return TokenRefusal.TooLong;
        var (now, digest) = (clock.GetUtcNow(), Digest(token));
        if (remembered.Find(workspace.Id, digest) is not { } found)
        {
            if (Verify(workspace, token, now, out found) is { } wrong) return wrong;
            remembered.Add(workspace.Id, digest, found!);
        }
        if (Standing(workspace, found!, now, out roles) is { } refusal) return refusal;
        verified = found;
        return null;
    }

    private TokenRefusal? Verify(ConfiguredWorkspace workspace, string token, DateTimeOffset now, out VerifiedToken? verified)
    {
        verified = null;
        if (!Jws.TryRead(token, out var read, out var refusal)) return refusal;
        if (!string.Equals(read.Header.Type, AccessTokens.Type, StringComparison.OrdinalIgnoreCase) && !string.Equals(read.Header.Type, "application/" + AccessTokens.Type, StringComparison.OrdinalIgnoreCase))
            return TokenRefusal.TypeRefused;
        // Of this workspace and no other: a key of another's is as unknown here as one that never was.
        if (read.Header.Kid is not { } kid || workspace.Identity.Issuer.FindAt(kid, now) is not { } key) return TokenRefusal.KeyUnknown;
        if (read.Verify(new JwkSet([PublicOf(key)]), JwsAlgorithm.ES256) is { } unsigned) return unsigned;
        if (!Claims.TryRead(read.Payload, out var claims, out refusal)) return refusal;
        var issuer = address.IssuerOf(workspace.Id);
        if (claims.Check(issuer, [issuer], now) is { } unfit) return unfit;
        if (claims.Text("tenant_id") != workspace.Id) return TokenRefusal.TenantWrong;
        verified = VerifiedToken.Of(kid, claims);
        return verified is null ? TokenRefusal.ClaimMalformed : null;
    }

    private TokenRefusal? Standing(ConfiguredWorkspace workspace, VerifiedToken token, DateTimeOffset now, out Role roles)
    {
        roles = Role.None;
        var identity = workspace.Identity;
        if (token.ExpiresAt + Claims.Skew <= now) return TokenRefusal.Expired;
        if (identity.Issuer.FindAt(token.Kid, now) is null) return TokenRefusal.KeyUnknown;
        if (identity.IsRevoked(token.Id)) return TokenRefusal.Revoked;
        if (identity.Accounts.TryGetValue(token.Subject, out var account))
        {
            roles = account.Roles & token.Roles;
            return account.Enabled && account.Generation == token.Generation ? null : account.Generation < token.Generation ? TokenRefusal.SubjectMissing : TokenRefusal.Revoked;
        }
        if (index.Index.RolesOfKey(workspace.Id, token.Subject) is not { } own) return TokenRefusal.SubjectMissing;
        roles = own & token.Roles;
        return null;
    }

    private Jwk PublicOf(IssuerKey key) => parsed.GetValue(key, static one =>
    {
        using var json = JsonDocument.Parse(one.Jwk);
        return Jwk.TryRead(json.RootElement, out var read, out var refusal) ? read : throw new InvalidOperationException($"Key {one.Kid} cannot be read: {refusal}.");
    });

    // Of the characters as they lie in memory: nobody else compares it.
    private static UInt128 Digest(ReadOnlySpan<char> token)
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token), sha256);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(sha256);
    }
}
