using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.Projections.Index;

namespace EventMesh.Api.OAuth;

/// <summary>
/// Whether whoever sent a person to a provider, or made them a link, might still do so: what a revoked key began ends with it, or else it would go on letting its holder's own account in.
/// Of members whose roles a provider's tokens give, nobody here knows more than their last token said: theirs stands.
/// </summary>
public sealed class Askers(IndexFollower index, TimeProvider clock)
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(5);

    /// <param name="actor">As the history names them.</param>
    /// <exception cref="EventStore.StoreUnavailable">Nobody knows.</exception>
    public async ValueTask<bool> Stand(string workspace, string actor, CancellationToken stop)
    {
        await index.EnsureCurrent(workspace, stop);
        if (May(workspace, actor)) return true;
        // Another node may have let them in a moment ago.
        await index.Fresh(LookTimeout, stop);
        return May(workspace, actor);
    }

    private bool May(string workspace, string actor) =>
        RolesOf(workspace, actor) is not { } roles || Access.Authorize(new Actor.Tenant(workspace, actor, roles), Permission.AuthorizeConnections, workspace).Allowed;

    /// <returns>Null when nobody here knows.</returns>
    private Role? RolesOf(string workspace, string actor)
    {
        if (actor.StartsWith("key_", StringComparison.Ordinal)) return index.Index.RolesOfKey(workspace, actor) ?? Role.None;
        if (actor.StartsWith("sa_", StringComparison.Ordinal))
            return index.Index.Find(workspace)?.Identity.Accounts.GetValueOrDefault(actor) is { Enabled: true } account ? account.Roles : Role.None;
        if (actor.StartsWith("usr_", StringComparison.Ordinal)) return null;
        return index.Index.Elevations.Of(workspace, actor, clock.GetUtcNow()).Aggregate(Role.None, (all, e) => all | e.Roles);
    }
}
