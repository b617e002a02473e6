namespace EventMesh.Domain.Access;

/// <summary>Roles as they are written: a list of names in lower case, in the order of the enum.</summary>
public static class RoleNames
{
    private static readonly (Role Role, string Name)[] Each =
        [(Role.Operator, "operator"), (Role.Developer, "developer"), (Role.Auditor, "auditor"), (Role.Publisher, "publisher")];

    public static IReadOnlyList<string> Known { get; } = [.. Each.Select(e => e.Name)];

    public static IReadOnlyList<string> Names(this Role roles) => [.. Each.Where(e => roles.HasFlag(e.Role)).Select(e => e.Name)];

    /// <summary>What an event says: a name that this version does not know gives nothing.</summary>
    public static Role Stored(IEnumerable<string> names) => names.Aggregate(Role.None, (roles, name) => roles | Array.Find(Each, e => e.Name == name).Role);

    /// <summary>Null when one of the names is no role.</summary>
    public static Role? Parse(IEnumerable<string?> names)
    {
        var roles = Role.None;
        foreach (var name in names)
        {
            var found = Array.Find(Each, e => e.Name == name);
            if (found.Role == Role.None) return null;
            roles |= found.Role;
        }
        return roles;
    }
}
