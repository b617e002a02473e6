namespace EventMesh.Domain.Identity;

/// <summary>What a workspace believes of an identity provider's tokens.</summary>
/// <param name="Issuer">The provider's issuer identifier, letter by letter as its tokens have it in <c>iss</c>. Never changed: another issuer is another provider.</param>
/// <param name="Audiences">One of them must be in <c>aud</c>.</param>
/// <param name="Algorithms">What it may sign with, as RFC 7518 names it.</param>
/// <param name="Tenant">How its tokens tell this workspace's people from those of its other customers.</param>
/// <param name="Mapping">Which roles its tokens give; null when only entries of members do.</param>
public sealed record ProviderSettings(
    string Name, string Issuer, IReadOnlyList<string> Audiences, IReadOnlyList<string> Algorithms, TenantCheck Tenant, RoleMapping? Mapping, bool Enabled)
{
    public bool Equals(ProviderSettings? other) =>
        other is not null && Name == other.Name && Issuer == other.Issuer && Enabled == other.Enabled && Tenant == other.Tenant
        && Audiences.SequenceEqual(other.Audiences) && Algorithms.SequenceEqual(other.Algorithms) && Equals(Mapping, other.Mapping);

    public override int GetHashCode() => HashCode.Combine(Name, Issuer, Enabled);
}

/// <param name="Claim">Where in a token the tenant is: see <see cref="ClaimPath"/>.</param>
/// <param name="Value">What it must be; the workspace's id when null.</param>
/// <param name="Required">Whether a token without the claim is refused. One with another value always is.</param>
public sealed record TenantCheck(string Claim, string? Value, bool Required)
{
    public const string ClaimDefault = "tenant_id";
}

/// <param name="Claim">Where in a token its roles are: see <see cref="ClaimPath"/>. A string or a list of strings.</param>
/// <param name="Roles">Names of roles in the workspace, by the provider's value.</param>
public sealed record RoleMapping(string Claim, IReadOnlyDictionary<string, IReadOnlyList<string>> Roles)
{
    public bool Equals(RoleMapping? other) =>
        other is not null && Claim == other.Claim && Roles.Count == other.Roles.Count
        && Roles.All(mine => other.Roles.TryGetValue(mine.Key, out var theirs) && mine.Value.SequenceEqual(theirs));

    public override int GetHashCode() => HashCode.Combine(Claim, Roles.Count);
}
