using System.Globalization;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Keys;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.ServiceAccounts;

/// <param name="Roles">What it may do: at least one of <c>operator</c>, <c>developer</c>, <c>auditor</c>, <c>publisher</c>.</param>
/// <param name="TokenSeconds">How long its tokens hold, 60 to 3600; 900 when left out.</param>
public sealed record ServiceAccountFields(string? Name, IReadOnlyList<string?>? Roles, int? TokenSeconds)
{
    /// <exception cref="ProblemException">Something of it is wrong.</exception>
    public (string Name, Role Roles, int TokenSeconds) Validated()
    {
        var checks = new Checks();
        var name = checks.Name(Name);
        var roles = RoleFields.Validated(checks, Roles);
        var seconds = TokenSeconds ?? TokenLifetime.SecondsDefault;
        checks.That(seconds is >= TokenLifetime.SecondsMin and <= TokenLifetime.SecondsMax, "token_seconds",
            string.Create(CultureInfo.InvariantCulture, $"must be from {TokenLifetime.SecondsMin} to {TokenLifetime.SecondsMax}"));
        checks.Done();
        return (name, roles, seconds);
    }
}
