using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using EventMesh.Projections.Running;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery;

/// <summary>
/// Puts again what a deleted queue took with it. The log knows what is unfinished: every delivery of the workspace that waits for an attempt now gets a
/// timer that is due. One whose dispatch was not lost after all is handed out twice, and the worker sees that its attempt is no longer awaited.
/// </summary>
public sealed partial class LostQueues(Store store, IDispatchQueues queues, IndexFollower follower, ILogger<LostQueues> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RetryTimers timers = new(store);

    public async Task Run(CancellationToken stop)
    {
        while (await queues.Lost.WaitToReadAsync(stop).ConfigureAwait(false))
        {
            var workspaces = new HashSet<string>(StringComparer.Ordinal);
            // A queue that is deleted under many consumers and publishers is told of many times.
            while (queues.Lost.TryRead(out var workspace)) workspaces.Add(workspace);
            foreach (var workspace in workspaces) await PutAgain(workspace, stop).ConfigureAwait(false);
        }
    }

    private async Task PutAgain(string workspace, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                // What was on the queue had been routed before; the read model must hold it.
                await follower.CatchUp(stop).ConfigureAwait(false);
                if (!await ReadModel.WaitFor(store, "deliveries", follower.UpTo, Patience, stop).ConfigureAwait(false)) continue;
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

    [LoggerMessage(EventName = "queue.rearmed", Level = LogLevel.Warning, Message = "queue.rearmed {tenant_id} {deliveries}")]
    private partial void Rearmed(string tenant_id, int deliveries);

    [LoggerMessage(EventName = "queue.troubled", Level = LogLevel.Warning, Message = "queue.troubled {tenant_id}: {reason}")]
    private partial void Troubled(string tenant_id, string reason);
}
