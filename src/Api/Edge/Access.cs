namespace EventMesh.Api.Edge;

/// <summary>Who asks.</summary>
public abstract record Actor
{
    private Actor(string id) => Id = id;

    /// <summary>What stored events and log lines carry.</summary>
    public string Id { get; }

    public sealed record Admin() : Actor("admin");

    /// <summary>Whoever holds an API key of a workspace.</summary>
    public sealed record Key(string Workspace, string KeyId) : Actor(KeyId);

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
        (Actor.Key key, Permission.ChangeWorkspaces) when key.Workspace == workspace => Decision.Forbidden,
        (Actor.Key key, _) when workspace is not null => key.Workspace == workspace ? Decision.Allowed : Decision.Missing,
        // Without a workspace in the route: a key lists its own workspace, and creates none.
        (Actor.Key, Permission.ReadWorkspaces) => Decision.Allowed,
        (Actor.Key or Actor.Sender, _) => Decision.Forbidden,
        _ => throw new InvalidOperationException($"No decision for {actor.GetType().Name}."),
    };

    /// <summary>Says what a route needs.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Needed(permission));

    public sealed record Needed(Permission Permission);
}
