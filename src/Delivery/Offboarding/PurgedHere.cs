using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Offboarding;

/// <summary>
/// Has this node forget workspaces that are shut: how they were configured, their keys and secrets, what waits for them here. Every node looks for itself, twice a second, in a table that is
/// all but empty.
/// </summary>
public sealed partial class PurgedHere(Store store, IndexFollower follower, IDispatchQueues queues, IEnumerable<IForgets> forgetful, TimeProvider clock, ILogger<PurgedHere> log)
{
    /// <summary>Every node that runs has forgotten within this, and the purge waits for it.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after its end a purge is looked for: a node may have been away meanwhile.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    private readonly HashSet<string> forgotten = new(StringComparer.Ordinal);

    public async Task Run(CancellationToken stop)
    {
        while (true)
        {
            foreach (var workspace in await store.ReadShutWorkspaces(Lately, stop).ConfigureAwait(false)) Forget(workspace);
            await Task.Delay(LookEvery, clock, stop).ConfigureAwait(false);
        }
    }

    private void Forget(string workspace)
    {
        // Again at each look: a node that starts meanwhile may still read of it in the feed, and what was under way here may have kept something.
        follower.Index.Drop(workspace);
        store.ForgetKeys(workspace);
        foreach (var one in forgetful) one.Forget(workspace);
        if (!forgotten.Add(workspace)) return;
        queues.End(workspace);
        Forgotten(workspace);
    }

    [LoggerMessage(EventName = "purge.forgotten", Level = LogLevel.Information, Message = "purge.forgotten {tenant_id}")]
    private partial void Forgotten(string tenant_id);
}
