using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Puts again what a deleted queue took with it. The log knows what is unfinished: every delivery of the workspace that waits for an attempt now gets a
/// timer that is due. The same after a restore: what was taken from a broker since the moment that the database went back to is unfinished again, and on no queue. One whose dispatch was not lost after all is handed out twice, and the worker sees that its attempt is no longer awaited.
/// </summary>
/// <param name="atBroker">Whether the queues outlive this process. Those that do not are filled from checkpoints, which a restore brings back with everything else.</param>
public sealed partial class LostQueues(Store store, IDispatchQueues queues, IndexFollower follower, bool atBroker, ILogger<LostQueues> log)
{
    private const string NotReconciledSql = "select count(*) from eventmesh.restores r where r.reconciled_at is null";
    private const string ReconciledSql = "update eventmesh.restores set reconciled_at = now() where reconciled_at is null";
    private const string LeaseName = "restore";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RetryTimers timers = new(store);

    public async Task Run(CancellationToken stop)
    {
        if (await IsToReconcile(stop).ConfigureAwait(false)) await Reconcile(stop).ConfigureAwait(false);
        while (await queues.Lost.WaitToReadAsync(stop).ConfigureAwait(false))
        {
            var workspaces = new HashSet<string>(StringComparer.Ordinal);
            // A queue that is deleted under many consumers and publishers is told of many times.
            while (queues.Lost.TryRead(out var workspace)) workspaces.Add(workspace);
            foreach (var workspace in workspaces) await PutAgain(workspace, stop).ConfigureAwait(false);
        }
    }

    /// <summary>By one node, however many were started.</summary>
    private async Task Reconcile(CancellationToken stop)
    {
        await using var lease = await LeaseSession.Open(store, stop).ConfigureAwait(false);
        while (!await lease.TryTake(LeaseName, stop).ConfigureAwait(false)) await Task.Delay(LookAgain, stop).ConfigureAwait(false);
        if (!await IsToReconcile(stop).ConfigureAwait(false)) return;
        if (atBroker)
        {
            await follower.CatchUp(stop).ConfigureAwait(false);
            foreach (var workspace in follower.Index.Workspaces) await PutAgain(workspace, stop).ConfigureAwait(false);
        }
        await lease.Ask(ReconciledSql, [], command => command.ExecuteNonQueryAsync(stop), stop).ConfigureAwait(false);
        Reconciled(follower.Index.Workspaces.Count);
    }

    private async Task<bool> IsToReconcile(CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(NotReconciledSql);
        return (await FeedTable.Read(command, row => row.GetInt64(0), stop).ConfigureAwait(false))[0] > 0;
    }

    private async Task PutAgain(string workspace, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                // What was on the queue had been routed before; the read model must hold it. Its place is that of an event: where nothing more happens it goes no further.
                if (!await ReadModel.WaitFor(store, "deliveries", await store.For(workspace).FindEnd(stop).ConfigureAwait(false), Patience, stop).ConfigureAwait(false)) continue;
                Rearmed(workspace, await timers.SetUnfinished(workspace, stop).ConfigureAwait(false));
                return;
            }
            catch (StoreUnavailable trouble)
            {
                Troubled(workspace, trouble.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), stop).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventName = "queue.reconciled", Level = LogLevel.Warning, Message = "queue.reconciled {workspaces}: the database was restored")]
    private partial void Reconciled(int workspaces);

    [LoggerMessage(EventName = "queue.rearmed", Level = LogLevel.Warning, Message = "queue.rearmed {tenant_id} {deliveries}")]
    private partial void Rearmed(string tenant_id, int deliveries);

    [LoggerMessage(EventName = "queue.troubled", Level = LogLevel.Warning, Message = "queue.troubled {tenant_id}: {reason}")]
    private partial void Troubled(string tenant_id, string reason);
}
