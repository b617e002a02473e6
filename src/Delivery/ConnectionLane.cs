using EventMesh.Messaging;

namespace EventMesh.Delivery;

/// <summary>
/// The attempts of one connection on this node. At most <see cref="AtOnceMax"/> run and as many wait; what comes on top is set aside, to come back when
/// the lane should be free, judged by how fast it has been. So a connection that hangs holds a bounded part of its workspace's window, and the others run on.
/// A lane that is merely busy keeps what it gets for a moment: setting aside costs more than waiting a little.
/// </summary>
internal sealed class ConnectionLane(TimeProvider clock)
{
    private const int AtOnce = 32;
    /// <summary>A target that has only timed out lately gets few tries at once: each holds a socket for the whole timeout.</summary>
    private const int AtOnceWhenHanging = 2;
    private const int HangingAfter = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SetAsideMax = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly Queue<(Received Received, Func<Received, Task> Attempt, long Since)> waiting = new();
    private int running;
    private int hungInARow;
    private double perSecond = 1;
    private long completedLast = clock.GetTimestamp();
    private DateTimeOffset freeAt = DateTimeOffset.MinValue;

    private int AtOnceMax => hungInARow >= HangingAfter ? AtOnceWhenHanging : AtOnce;

    /// <summary>Since when nothing ran and nothing waited; null while something does.</summary>
    public long? IdleSince { get { lock (gate) return running == 0 && waiting.Count == 0 ? completedLast : null; } }

    /// <summary>Starts the attempt, or keeps it until one of those that run is done.</summary>
    /// <returns>Null when it was taken; else when to come back.</returns>
    public DateTimeOffset? Enter(Received received, Func<Received, Task> attempt)
    {
        lock (gate)
        {
            if (running < AtOnceMax && waiting.Count == 0)
            {
                running++;
                _ = Run(received, attempt);
                return null;
            }
            if (waiting.Count >= AtOnceMax && Stalls) return ComeBackAt();
            waiting.Enqueue((received, attempt, clock.GetTimestamp()));
            return null;
        }
    }

    /// <summary>What has waited too long in a lane that does not move: it gives its place in the workspace's window to others.</summary>
    public IReadOnlyList<(Received Received, DateTimeOffset ComeBackAt)> Evict()
    {
        lock (gate)
        {
            if (waiting.Count <= AtOnceMax || !Stalls) return [];
            var kept = waiting.Take(AtOnceMax).ToArray();
            var evicted = waiting.Skip(AtOnceMax).Select(w => (w.Received, ComeBackAt())).ToArray();
            waiting.Clear();
            foreach (var entry in kept) waiting.Enqueue(entry);
            return evicted;
        }
    }

    /// <summary>Told by the attempt how it went: whether the target let it hang until the timeout.</summary>
    public void Ended(bool hung)
    {
        lock (gate) hungInARow = hung ? hungInARow + 1 : 0;
    }

    private bool Stalls => waiting.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Since) > Patience;

    private DateTimeOffset ComeBackAt()
    {
        var now = clock.GetUtcNow();
        if (freeAt < now) freeAt = now + TimeSpan.FromSeconds(Math.Min(SetAsideMax.TotalSeconds, waiting.Count / perSecond));
        freeAt += TimeSpan.FromSeconds(1 / perSecond);
        var latest = now + SetAsideMax;
        if (freeAt > latest) freeAt = latest;
        return freeAt;
    }

    private async Task Run(Received received, Func<Received, Task> attempt)
    {
        // Off the taking loop at once: an attempt may do much before it first waits.
        await Task.Yield();
        await attempt(received).ConfigureAwait(false);
        lock (gate)
        {
            var now = clock.GetTimestamp();
            var sinceLast = Math.Max(clock.GetElapsedTime(completedLast, now).TotalSeconds, 1e-4);
            perSecond = Math.Clamp(0.9 * perSecond + 0.1 / sinceLast, 0.2, 10_000);
            completedLast = now;
            running--;
            while (running < AtOnceMax && waiting.TryDequeue(out var next))
            {
                running++;
                _ = Run(next.Received, next.Attempt);
            }
        }
    }
}
