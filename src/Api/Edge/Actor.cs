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
