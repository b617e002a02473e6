using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.Api.Jose;
using EventMesh.Api.Trust;
using EventMesh.Connectors;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.IdentityProviders;

/// <summary>An identity provider that a workspace trusts, as it is sent. See docs/identity-providers.md.</summary>
/// <param name="Issuer">Letter by letter as the provider's tokens have it.</param>
/// <param name="Audiences">One of them must be in a token's <c>aud</c>.</param>
/// <param name="Algorithms">RS256 and ES256 by default.</param>
/// <param name="RolesClaim">Where a token's roles are: <c>realm_access.roles</c>, or a JSON pointer.</param>
/// <param name="Roles">Roles in the workspace, by the provider's value: <c>{"their-admins": ["operator"]}</c>.</param>
/// <param name="TenantClaim">Where a token's tenant is; <c>tenant_id</c> by default.</param>
/// <param name="TenantValue">What it must be; the workspace's id by default.</param>
/// <param name="RequireTenantId">Whether a token without it is refused; true by default.</param>
public sealed record ProviderFields(
    string? Name, string? Issuer, IReadOnlyList<string>? Audiences,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Algorithms = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RolesClaim = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Roles = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TenantClaim = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TenantValue = null,
    bool? RequireTenantId = null)
{
    public const int AudiencesMax = 10;
    public const int ValueCharsMax = 200;
    public const int MappedValuesMax = 100;
    private static readonly string[] AlgorithmsDefault = ["RS256", "ES256"];

    /// <exception cref="ProblemException">Something is wrong; all of it is named.</exception>
    public ProviderSettings Validated(AddressGuard guard, bool enabled)
    {
        var checks = new Checks();
        var name = checks.Name(Name);
        if (IssuerFault(guard) is { } fault) checks.Add("issuer", fault);
        if (Audiences is not { Count: > 0 }) checks.Add("audiences", "is required: without it a token for another service of the same provider would do here");
        checks.That(Audiences is not { Count: > AudiencesMax }, "audiences", $"has at most {AudiencesMax}");
        for (var i = 0; i < Math.Min(Audiences?.Count ?? 0, AudiencesMax); i++) Value(Audiences![i], $"audiences[{i}]", checks);
        CheckAlgorithms(checks);
        CheckRoles(checks);
        checks.That(TenantClaim is null || ClaimPath.Parse(TenantClaim) is not null, "tenant_claim", NotAPath);
        if (TenantValue is not null) Value(TenantValue, "tenant_value", checks);
        checks.Done();
        return new(name, Issuer!, Audiences!, Algorithms ?? AlgorithmsDefault, new(TenantClaim ?? TenantCheck.ClaimDefault, TenantValue, RequireTenantId ?? true),
            RolesClaim is null ? null : new(RolesClaim, Roles!), enabled);
    }

    private static readonly string NotAPath = $"must be names with dots between them, or a JSON pointer that begins with /, of at most {ClaimPath.CharsMax} characters and {ClaimPath.NamesMax} names";

    private string? IssuerFault(AddressGuard guard)
    {
        if (string.IsNullOrEmpty(Issuer)) return "is required";
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("http" or "https")) return "must be an address that begins with https://";
        if (issuer.Query.Length > 0 || Issuer.Contains('?', StringComparison.Ordinal)) return "may not contain a query";
        if (!Issuer.All(c => c is > ' ' and <= '~')) return "must be an address of printable ASCII characters, as the provider's tokens have it";
        return guard.CheckUrl(issuer) is { } fault ? $"cannot be asked: {fault}" : guard.CheckUrl(ProviderDiscovery.AddressOf(Issuer)) is { } longer ? $"cannot be asked: {longer}" : null;
    }

    private void CheckAlgorithms(Checks checks)
    {
        if (Algorithms is null) return;
        checks.That(Algorithms.Count > 0 && Algorithms.Distinct().Count() == Algorithms.Count, "algorithms", "has at least one, and each once");
        foreach (var unknown in Algorithms.Where(a => JwsAlgorithms.Named(a) == JwsAlgorithm.None).Take(1))
            checks.Add("algorithms", $"may have {string.Join(", ", JwsAlgorithms.Names)}, and no others");
    }

    private void CheckRoles(Checks checks)
    {
        checks.That(RolesClaim is null || ClaimPath.Parse(RolesClaim) is not null, "roles_claim", NotAPath);
        checks.That(RolesClaim is null == Roles is null, RolesClaim is null ? "roles_claim" : "roles", "belongs together with the other: roles_claim says where, roles what it means");
        checks.That(Roles is not { Count: 0 or > MappedValuesMax }, "roles", $"has 1 to {MappedValuesMax} values");
        foreach (var (value, names) in Roles?.Take(MappedValuesMax) ?? [])
        {
            Value(value, "roles", checks);
            checks.That(names is { Count: > 0 } && RoleNames.Parse(names) is not null && names.Distinct().Count() == names.Count, $"roles.{Shown(value)}", $"must be a list of {string.Join(", ", RoleNames.Known)}");
        }
    }

    private static void Value(string? value, string field, Checks checks) =>
        checks.That(value is { Length: > 0 and <= ValueCharsMax } && Checks.IsText(value), field, $"must have 1 to {ValueCharsMax} characters, none of them a control character");

    private static string Shown(string value) => value.Length <= 64 ? value : value[..64] + "…";
}
