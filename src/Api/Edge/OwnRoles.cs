using EventMesh.Domain.Access;

namespace EventMesh.Api.Edge;

/// <summary>Nobody gives more than they have: a key, a member, a service account gets no role that its maker lacks, unless an operator makes it.</summary>
public static class OwnRoles
{
    private static readonly NotAllowed TooMuch = new(NotAllowed.BeyondOwnRoles, Problem.Forbidden, "Only an operator gives roles that they do not have themselves.");

    /// <returns>Null when <paramref name="given"/> may be given.</returns>
    public static NotAllowed? Beyond(Actor actor, Role given) =>
        actor is Actor.Tenant tenant && !tenant.Roles.HasFlag(Role.Operator) && (given & ~tenant.Roles) != Role.None ? TooMuch : null;
}
