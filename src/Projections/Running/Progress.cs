using EventMesh.EventStore;

namespace EventMesh.Projections.Running;

/// <summary>How far something has come, and who waits for it in this process.</summary>
public sealed class Progress
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, Position> waiting = new();
    private Position upTo;
    private BrokenEvent? broken;

    /// <summary>Everything up to here can be read.</summary>
    public Position UpTo { get { lock (gate) return upTo; } }

    /// <summary>Completes when <paramref name="position"/> is reached.</summary>
    /// <exception cref="BrokenEvent">It will not be until somebody decides about that event.</exception>
    public Task WaitFor(Position position, CancellationToken stop)
    {
        lock (gate)
        {
            if (upTo >= position) return Task.CompletedTask;
            if (broken is not null) return Task.FromException(broken);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(reached, position);
            return reached.Task.WaitAsync(stop);
        }
    }

    internal void Reach(Position position)
    {
        lock (gate)
        {
            if (position > upTo) upTo = position;
            while (waiting.TryPeek(out var reached, out var waitsFor) && waitsFor <= upTo)
            {
                waiting.Dequeue();
                reached.TrySetResult();
            }
        }
    }

    /// <summary>What stopped it is out of the way.</summary>
    internal void GoOn()
    {
        lock (gate) broken = null;
    }

    internal void Stop(BrokenEvent at)
    {
        lock (gate)
        {
            broken = at;
            while (waiting.TryDequeue(out var reached, out _)) reached.TrySetException(at);
        }
    }
}
