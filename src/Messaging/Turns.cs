namespace EventMesh.Messaging;

/// <summary>
/// A line for each workspace, served in turns: one item a turn, whatever the length of the line. A workspace that has
/// <paramref name="unsettledMax"/> items out is left aside until some come back, so that it cannot occupy every worker.
/// </summary>
internal sealed class Turns<T>(int unsettledMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = [];
    private readonly Queue<Line> _ring = new();
    private TaskCompletionSource? _more;

    /// <summary>Items in line, not those that are out.</summary>
    public int Waiting { get; private set; }

    public void Add(string workspace, T item) => Add(workspace, item, static line => line.Fresh);

    /// <summary>Puts an item ahead of the fresh ones; it no longer counts as out.</summary>
    public void Return(string workspace, T item) => Add(workspace, item, static line => line.Returned ??= new Queue<T>());

    /// <summary>An item of this workspace is no longer in a worker's hands.</summary>
    public void Settled(string workspace)
    {
        TaskCompletionSource? more;
        lock (_gate)
        {
            var line = _lines[workspace];
            line.Out--;
            Enter(line);
            Forget(workspace, line);
            more = _ring.Count > 0 ? TakeSignal() : null;
        }

        more?.TrySetResult();
    }

    public async ValueTask<IReadOnlyList<T>> Take(int max, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            Task more;
            lock (_gate)
            {
                if (_ring.Count > 0)
                    return TakeTurns(max);

                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            await more.WaitAsync(stop);
        }
    }

    /// <summary>Forgets what is in one workspace's line; what is out still counts until it is settled.</summary>
    /// <returns>What was in line.</returns>
    public IReadOnlyList<T> Drop(string workspace)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(workspace, out var line))
                return [];

            T[] dropped = [.. line.Returned ?? [], .. line.Fresh];
            line.Fresh.Clear();
            line.Returned?.Clear();
            Waiting -= dropped.Length;
            if (line.InRing)
            {
                for (var left = _ring.Count; left > 0; left--)
                    if (_ring.Dequeue() is var other && other != line)
                        _ring.Enqueue(other);

                line.InRing = false;
            }

            Forget(workspace, line);
            return dropped;
        }
    }

    /// <summary>Forgets what is in line; what is out still counts until it is settled.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var (workspace, line) in _lines)
            {
                line.Fresh.Clear();
                line.Returned?.Clear();
                line.InRing = false;
                Forget(workspace, line);
            }

            _ring.Clear();
            Waiting = 0;
        }
    }

    private void Add(string workspace, T item, Func<Line, Queue<T>> end)
    {
        TaskCompletionSource? more;
        lock (_gate)
        {
            if (!_lines.TryGetValue(workspace, out var line))
                _lines.Add(workspace, line = new Line());

            end(line).Enqueue(item);
            Waiting++;
            Enter(line);
            more = _ring.Count > 0 ? TakeSignal() : null;
        }

        more?.TrySetResult();
    }

    private List<T> TakeTurns(int max)
    {
        var taken = new List<T>(Math.Min(max, Waiting));
        while (taken.Count < max && _ring.TryDequeue(out var line))
        {
            taken.Add(line.Next());
            line.Out++;
            Waiting--;
            line.InRing = false;
            Enter(line);
        }

        return taken;
    }

    private void Enter(Line line)
    {
        if (line.InRing || line.Out >= unsettledMax || line.IsEmpty)
            return;

        line.InRing = true;
        _ring.Enqueue(line);
    }

    // A workspace that is quiet holds no memory here.
    private void Forget(string workspace, Line line)
    {
        if (line is { IsEmpty: true, Out: 0 })
            _lines.Remove(workspace);
    }

    private TaskCompletionSource? TakeSignal()
    {
        var more = _more;
        _more = null;
        return more;
    }

    private sealed class Line
    {
        private const int QuietCapacity = 64;

        public Queue<T> Fresh { get; } = new();
        public Queue<T>? Returned { get; set; }
        public int Out { get; set; }
        public bool InRing { get; set; }
        public bool IsEmpty => Fresh.Count == 0 && Returned is not { Count: > 0 };

        public T Next()
        {
            if (Returned is { Count: > 0 })
                return Returned.Dequeue();

            var item = Fresh.Dequeue();
            // A flood must not leave its memory with a workspace that has slowed down.
            if (Fresh.Count == 0 && Fresh.Capacity > QuietCapacity)
                Fresh.TrimExcess();

            return item;
        }
    }
}
