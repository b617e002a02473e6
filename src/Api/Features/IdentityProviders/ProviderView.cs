using System.Text.Json.Serialization;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.IdentityProviders;

/// <summary>A trusted identity provider as it is shown.</summary>
/// <param name="Status"><c>enabled</c> or <c>disabled</c>.</param>
public sealed record ProviderView(
    string Id, string Name, string Status, string Issuer, IReadOnlyList<string> Audiences, IReadOnlyList<string> Algorithms,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RolesClaim,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Roles,
    string TenantClaim, string TenantValue, bool RequireTenantId, long Version, DateTimeOffset CreatedAt)
{
    /// <summary>Null when it is removed, or never was.</summary>
    public static ProviderView? Of(string workspace, string id, long version, TrustedProvider provider) => provider is TrustedProvider.Trusted { Settings: var s } trusted
        ? new(id, s.Name, s.Enabled ? "enabled" : "disabled", s.Issuer, s.Audiences, s.Algorithms, s.Mapping?.Claim, s.Mapping?.Roles,
            s.Tenant.Claim, s.Tenant.Value ?? workspace, s.Tenant.Required, version, trusted.TrustedAt)
        : null;
}
