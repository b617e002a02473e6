using System.Collections.Concurrent;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// The queues that were first used a moment ago. The broker writes what it knows of queues with a delay of some seconds: one that is killed right after
/// it declared a durable queue and confirmed messages in it may come back without that queue (seen with 3.10). Queues older than that are safe.
/// </summary>
internal sealed class YoungQueues(TimeProvider time)
{
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _firstUsed = new();
    private long _lost;

    public void Use(string workspace)
    {
        if (!_firstUsed.ContainsKey(workspace))
            _firstUsed.TryAdd(workspace, time.GetTimestamp());
    }

    /// <summary>The connection ended.</summary>
    public void Lost() => Interlocked.Exchange(ref _lost, time.GetTimestamp());

    /// <summary>The workspaces whose queue was young when the last connection ended; none when there was none before.</summary>
    public IEnumerable<string> AtRisk()
    {
        var lost = Interlocked.Read(ref _lost);
        return lost == 0 ? [] : _firstUsed.Where(used => time.GetElapsedTime(used.Value, lost) < Youth).Select(used => used.Key);
    }
}
