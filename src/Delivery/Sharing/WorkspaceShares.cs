using System.Collections.Concurrent;
using EventMesh.Messaging;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Sharing;

/// <summary>Holds workspaces to the concurrent deliveries of their plans, over all nodes: each node to its part.</summary>
internal sealed class WorkspaceShares(WorkerNodes nodes, IndexFollower follower, TimeProvider clock)
{
    /// <summary>For a workspace whose plan this node does not know: what it was promised is sent, one after another.</summary>
    private const int WithoutPlan = 1;

    private readonly ConcurrentDictionary<string, WorkspacePlaces> workspaces = new(StringComparer.Ordinal);

    /// <summary>Waits for a place. Give it back with <see cref="Leave"/>.</summary>
    /// <returns>False when this node has none to give: the dispatch is for another node, or for later.</returns>
    public async ValueTask<bool> Enter(Dispatch of)
    {
        while (true)
        {
            var places = workspaces.GetOrAdd(of.Workspace, workspace => new(() => nodes.ShareOf(follower.Index.Find(workspace)?.Limits?.ConcurrentDeliveries ?? WithoutPlan), clock));
            if (places.Enter(of.Connection) is { } entered) return await entered.ConfigureAwait(false);
        }
    }

    public void Leave(Dispatch of) => workspaces[of.Workspace].Leave(of.Connection);

    /// <summary>Shares may have changed: lets in who may go now, and forgets workspaces that are quiet.</summary>
    public void Look()
    {
        foreach (var (workspace, places) in workspaces)
            if (places.Look(nodes.Several)) workspaces.TryRemove(KeyValuePair.Create(workspace, places));
    }
}
