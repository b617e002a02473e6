using EventMesh.Api.Edge;
using EventMesh.Domain.Access;

namespace EventMesh.Api.Features.Keys;

/// <summary>Roles in a body: a list of names.</summary>
public static class RoleFields
{
    public const string Field = "roles";

    /// <param name="names">Null when they were left out, and then they are <paramref name="otherwise"/>.</param>
    public static Role Validated(Checks checks, IReadOnlyList<string?>? names, Role? otherwise = null)
    {
        if (names is null && otherwise is { } role) return role;
        if (names is null or []) checks.Add(Field, $"must name at least one of {string.Join(", ", RoleNames.Known)}");
        else if (RoleNames.Parse(names) is { } roles) return roles;
        else checks.Add(Field, $"must be of {string.Join(", ", RoleNames.Known)}");
        return Role.None;
    }
}
