using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Domain.Access;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Trust;

/// <summary>Which roles of a workspace a provider's token gives.</summary>
public static class MappedRoles
{
    /// <returns><see cref="Role.None"/> where nothing in the token is mapped: what a provider calls its roles means nothing here of itself.</returns>
    public static Role Of(Claims claims, RoleMapping? mapping)
    {
        if (mapping is null || At(claims, mapping.Claim) is not { } claim || !StrictJson.TryTexts(claim, out var values)) return Role.None;
        return values.Aggregate(Role.None, (roles, value) => mapping.Roles.TryGetValue(value, out var names) ? roles | (RoleNames.Parse(names) ?? Role.None) : roles);
    }

    /// <summary>What stands at a place of a token; null when nothing does.</summary>
    public static JsonElement? At(Claims claims, string path)
    {
        var found = claims.Json;
        foreach (var name in ClaimPath.Parse(path) ?? [])
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found)) return null;
        return found;
    }
}
