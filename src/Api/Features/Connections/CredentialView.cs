using System.Text.Json.Serialization;
using EventMesh.Domain.Connections;

namespace EventMesh.Api.Features.Connections;

/// <summary>A credential as it is shown: everything but its secret part. What its kind does not have is left out.</summary>
/// <param name="Status"><c>active</c>; or nothing is sent: <c>revoked</c>, <c>needs_attention</c> (it has to be authorized again), <c>unauthorized</c> (not yet authorized).</param>
/// <param name="Since">Since when it has this status; left out where there never was a credential.</param>
/// <param name="RevokedBecause">Why it is revoked.</param>
public sealed record CredentialView(
    CredentialKind Kind, CredentialStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Since = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CredentialRevokedBecause? RevokedBecause = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Header = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Query = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Prefix = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Username = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TokenUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClientId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Scopes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Audience = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Resource = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClientAuthentication? ClientAuthentication = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Parameters = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider = null)
{
    public static CredentialView Of(HeldCredential held)
    {
        var c = held.Public;
        return new(c.Kind, held.Status, held.Since == DateTimeOffset.MinValue ? null : held.Since, held.Reason, c.Header, c.Query, c.Prefix, c.Username, c.TokenUrl?.OriginalString, c.ClientId,
            c.Scopes, c.Audience, c.Resource, c.ClientAuthentication, c.Parameters, c.Provider);
    }
}
