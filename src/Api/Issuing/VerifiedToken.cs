using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Domain.Access;

namespace EventMesh.Api.Issuing;

/// <summary>What a token of ours said when its signature was checked. Whether it still holds is another question, asked at each use.</summary>
/// <param name="Roles">That it was made with.</param>
/// <param name="Generation">Of the service account's tokens when it was made; null for a key's.</param>
public sealed record VerifiedToken(string Id, string Kid, string Subject, Role Roles, int? Generation, string Scope, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Null when a claim that our tokens have is missing.</summary>
    public static VerifiedToken? Of(string kid, Claims claims)
    {
        if (claims.Text("jti") is not { } id || claims.Text("sub") is not { } subject || claims.Text("client_id") != subject || claims.Text("scope") is not { } scope) return null;
        if (!StrictJson.TryTexts(claims.Json, "roles", out var names) || names is null || RoleNames.Parse(names) is not { } roles) return null;
        if (Integer("iat") is not { } issuedAt || Integer("exp") is not { } expiresAt) return null;
        return new(id, kid, subject, roles, (int?)Integer("generation"), scope, DateTimeOffset.FromUnixTimeSeconds(issuedAt), DateTimeOffset.FromUnixTimeSeconds(expiresAt));

        long? Integer(string name) => claims.Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
    }
}
