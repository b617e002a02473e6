using EventMesh.Domain.Access;

namespace EventMesh.Api.Edge;

/// <summary>What was asked for, and may be or not.</summary>
/// <param name="Resource">What the route names inside the workspace, <c>con_…</c>; null for a list or something new.</param>
/// <param name="Refused">Why not; null when it may.</param>
public sealed record Decision(Permission Permission, string? Workspace, string? Resource, NotAllowed? Refused)
{
    public bool Allowed => Refused is null;
}

/// <param name="Reason">One of a closed set, for the record.</param>
/// <param name="Detail">What whoever asked is told.</param>
public sealed record NotAllowed(string Reason, Problem Problem, string Detail)
{
    /// <summary>What a platform admin is told who asks for what is in a workspace.</summary>
    public const string HowToBeElevated =
        "A platform admin sees no data of a workspace. Ask for an elevation to one of its roles, with a reason and a duration; another admin or the workspace's operator approves it.";

    public const string OtherWorkspace = "other_workspace", NotOfTheRole = "role", OfThePlatform = "platform", TenantsData = "tenants_data", NotTheFirst = "not_the_first", BeyondOwnRoles = "beyond_own_roles", Outlasting = "outlasting";

    /// <summary>The same for another's workspace as for none, so that nobody learns which exist.</summary>
    public static readonly NotAllowed Other = new(OtherWorkspace, Problem.NotFound, "There is no such workspace.");

    public static readonly NotAllowed Tenants = new(TenantsData, Problem.Forbidden, HowToBeElevated);

    public static readonly NotAllowed OnlyTheFirst = new(NotTheFirst, Problem.Forbidden, "The workspace has had its first key; its operator issues the others.");
}

/// <summary>The one place that decides who may do what where.</summary>
public static class Access
{
    /// <param name="workspace">The workspace that the route names; null when it names none.</param>
    /// <param name="resource">What the route names inside it.</param>
    public static Decision Authorize(Actor actor, Permission permission, string? workspace, string? resource = null) =>
        new(permission, workspace, resource, Refuse(actor, RoleTable.Of(permission), workspace));

    private static NotAllowed? Refuse(Actor actor, RoleTable.Row row, string? workspace) => actor switch
    {
        // The first of something can only be told from the second where it is made: see Features.Keys.IssueKey.
        Actor.Admin => row.Admins is RoleTable.Admins.No ? NotAllowed.Tenants : null,
        Actor.Tenant tenant when workspace is not null && workspace != tenant.Workspace => NotAllowed.Other,
        // Without a workspace in the route: one lists one's own workspace, and nothing else.
        Actor.Tenant when row.Roles == Role.None || (workspace is null && row.Permission != Permission.ReadWorkspaces) =>
            new(NotAllowed.OfThePlatform, Problem.Forbidden, "Only the platform's admin may do that."),
        Actor.Tenant tenant when (tenant.Roles & row.Roles) == Role.None =>
            new(NotAllowed.NotOfTheRole, Problem.Forbidden, $"That takes the role {string.Join(" or ", row.Roles.Names())}."),
        // It ends by itself, and what it could make here would not.
        Actor.Tenant { Elevation: not null } when row.Permission is Permission.IssueKeys or Permission.WriteMembers =>
            new(NotAllowed.Outlasting, Problem.Forbidden, "Under an elevation nobody is given access to the workspace that would outlast it; somebody of the workspace does that."),
        Actor.Tenant => null,
        Actor.Sender => new(NotAllowed.NotOfTheRole, Problem.Forbidden, "Who sends webhooks may do nothing else."),
        _ => throw new InvalidOperationException($"No decision for {actor.GetType().Name}."),
    };

    /// <summary>Says what a route needs.</summary>
    /// <param name="afterPurge">Whether it answers for a workspace that is no more.</param>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Permission permission, bool afterPurge = false) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Needed(permission, afterPurge));

    /// <summary>Says that a route is open to whoever comes, without a token: what is public has to be seen by those who do not trust us.</summary>
    public static TBuilder ForEverybody<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Everybody());

    public sealed record Needed(Permission Permission, bool AfterPurge = false);

    public sealed record Everybody;
}
