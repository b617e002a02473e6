using EventMesh.Domain.Access;

namespace EventMesh.Api.Edge;

/// <summary>Who asks.</summary>
public abstract record Actor
{
    private Actor(string id) => Id = id;

    /// <summary>What stored events and log lines carry.</summary>
    public string Id { get; }

    /// <summary>Somebody of the platform's team.</summary>
    public sealed record Admin(string AdminId = "admin") : Actor(AdminId);

    /// <summary>Whoever acts in one workspace and nowhere else: the holder of an API key, a service account, a member.</summary>
    /// <param name="ActorId"><c>key_…</c>, <c>sa_…</c>, <c>usr_…</c>, or an admin's id while elevated.</param>
    /// <param name="Elevation">The elevation under which an admin acts here, <c>elv_…</c>; null for the workspace's own.</param>
    public sealed record Tenant(string Workspace, string ActorId, Role Roles, string? Elevation = null) : Actor(ActorId);

    /// <summary>Whoever sent a verified webhook to a source. Asks for nothing under /v1.</summary>
    public sealed record Sender(string SourceId) : Actor(SourceId);
}

/// <summary>What a route needs. Every route under /v1 names one.</summary>
public enum Permission
{
    CreateWorkspaces, ReadWorkspaces, ChangeWorkspaces, ReadUsage,
    WriteKeys, ReadKeys, WriteConnections, ReadConnections, WriteRules, ReadRules, WriteEventTypes, ReadEventTypes, SendSamples,
    PublishEvents, ReadEvents, ReadDeliveries, RetryDeliveries, ReadHistory, WriteSources, ReadSources,
}

public enum Decision { Allowed, Forbidden, Missing }

/// <summary>The one place that decides who may do what where.</summary>
public static class Access
{
    /// <param name="workspace">The workspace that the route names; null when it names none.</param>
    /// <returns><see cref="Decision.Missing"/> for another's workspace, the same as for none, so that nobody learns which exist.</returns>
    public static Decision Decide(Actor actor, Permission permission, string? workspace) => (actor, permission) switch
    {
        (Actor.Admin, _) => Decision.Allowed,
        // What a workspace may do is agreed with the platform, not with itself.
        (Actor.Tenant tenant, Permission.ChangeWorkspaces) when tenant.Workspace == workspace => Decision.Forbidden,
        (Actor.Tenant tenant, _) when workspace is not null => tenant.Workspace == workspace ? Decision.Allowed : Decision.Missing,
        // Without a workspace in the route: a key lists its own workspace, and creates none.
        (Actor.Tenant, Permission.ReadWorkspaces) => Decision.Allowed,
        (Actor.Tenant or Actor.Sender, _) => Decision.Forbidden,
        _ => throw new InvalidOperationException($"No decision for {actor.GetType().Name}."),
    };

    /// <summary>Says what a route needs.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Needed(permission));

    public sealed record Needed(Permission Permission);
}
