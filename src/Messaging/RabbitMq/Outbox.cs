namespace EventMesh.Messaging.RabbitMq;

/// <summary>What waits to be published, in the order of puts; what has to be published again comes first. One reader.</summary>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _fresh = new();
    private readonly PriorityQueue<Outgoing, long> _again = new();
    private TaskCompletionSource? _more;
    private long _numbers;

    public Batch Put(IReadOnlyList<Dispatch> dispatches)
    {
        var batch = new Batch(dispatches.Count);
        Add(() =>
        {
            foreach (var dispatch in dispatches)
                _fresh.Enqueue(new Outgoing(++_numbers, dispatch.Workspace, dispatch, null, batch));
        });
        return batch;
    }

    public Batch PutUnreadable(string workspace, byte[] body)
    {
        var batch = new Batch(1);
        Add(() => _fresh.Enqueue(new Outgoing(++_numbers, workspace, null, body, batch)));
        return batch;
    }

    /// <summary>Ahead of everything: an announcement must not wait behind a flood.</summary>
    public void Announce(string workspace, Batch batch) => Add(() => _again.Enqueue(new Outgoing(0, workspace, null, null, batch), 0));

    public void PutAgain(IReadOnlyCollection<Outgoing> messages)
    {
        if (messages.Count == 0)
            return;

        Instruments.Republished.Add(messages.Count);
        Add(() =>
        {
            foreach (var message in messages)
                _again.Enqueue(message, message.Number);
        });
    }

    public async ValueTask<Outgoing> Next(CancellationToken stop)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_again.TryDequeue(out var next, out _) || _fresh.TryDequeue(out next))
                    return next;

                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            await more.WaitAsync(stop);
        }
    }

    /// <summary>Some of what comes next.</summary>
    public Outgoing[] Ahead(int max)
    {
        lock (_gate)
            return [.. _again.UnorderedItems.Select(item => item.Element).Concat(_fresh).Take(max)];
    }

    private void Add(Action enqueue)
    {
        TaskCompletionSource? more;
        lock (_gate)
        {
            enqueue();
            more = _more;
            _more = null;
        }

        more?.TrySetResult();
    }
}
