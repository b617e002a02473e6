using System.Threading.Channels;

namespace EventMesh.Messaging;

/// <summary>
/// A queue for each workspace, on one of two transports. Both promise the same: a dispatch that was put is handed out until
/// it is acknowledged, at least once; within a workspace in the order of the calls to <see cref="Put"/> (a dispatch that comes
/// back comes before those that still wait); over workspaces in turns.
/// </summary>
public interface IDispatchQueues : IAsyncDisposable
{
    /// <summary>
    /// Workspaces whose queue was found gone, deleted by somebody, and with it what waited there. The queue is made anew by itself; what is
    /// unfinished has to be put again by who knows the log.
    /// </summary>
    ChannelReader<string> Lost { get; }

    /// <summary>
    /// Puts each dispatch on its workspace's queue and completes when all are safe: with RabbitMQ when the broker confirmed each,
    /// in process when each was acknowledged by who took it. The caller moves its checkpoint only then, so a crash before it puts them again.
    /// Calls need not await each other. Broker trouble is waited out inside.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was signalled, or the queues were disposed. What was put may still be handed out.</exception>
    Task Put(IReadOnlyList<Dispatch> dispatches, CancellationToken stop);

    /// <summary>
    /// From now on <see cref="Take"/> hands out what waits for any workspace, and what comes. Call it before the first Take, once: a node that only takes hears of
    /// what is put afterwards and of nothing before. Returns once it is noted, not when the broker has answered.
    /// </summary>
    /// <param name="workspaces">
    /// All workspaces there are at the moment it is asked: now, and whenever this node was cut off and is back. It looks after each of their queues then, and not in between.
    /// </param>
    Task Open(Func<CancellationToken, Task<IReadOnlyCollection<string>>> workspaces, CancellationToken stop);

    /// <summary>
    /// Waits for at least one dispatch and returns up to <paramref name="max"/>, taking turns over workspaces, so that the share of one does not grow with its queue.
    /// A workspace with as many unsettled as its prefetch limit is passed over until some are settled.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was signalled, or the queues were disposed.</exception>
    ValueTask<IReadOnlyList<Received>> Take(int max, CancellationToken stop);

    /// <summary>Forgets a workspace that is being purged: from now on this node puts nothing for it and takes nothing of it, and a <see cref="Put"/> under way no longer waits for it.</summary>
    void End(string workspace);

    /// <summary>How many messages wait in the workspace's queues at the broker; 0 in process.</summary>
    Task<long> CountWaiting(string workspace, CancellationToken stop);

    /// <summary>Deletes the workspace's queues at the broker and whatever waits there; nothing when there are none. Every node has ended it before, or makes them anew.</summary>
    Task Delete(string workspace, CancellationToken stop);
}
