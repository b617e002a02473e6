namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// What was published on a channel and not yet confirmed, by sequence number. Kept here because the client's own tracking
/// holds confirms to about 1,000 a second.
/// </summary>
internal sealed class ConfirmWindow(int unconfirmedMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Outgoing> _open = [];
    private readonly HashSet<ulong> _returned = [];
    private TaskCompletionSource? _room;
    private ulong _oldest = 1;

    public Task Room(CancellationToken stop)
    {
        lock (_gate)
        {
            if (_open.Count < unconfirmedMax)
                return Task.CompletedTask;

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(stop);
        }
    }

    public void Add(ulong sequence, Outgoing message)
    {
        lock (_gate)
            _open.Add(sequence, message);
    }

    /// <summary>The broker had no queue for it. Its confirm follows, and does not count.</summary>
    /// <returns>The message, if it is one of these.</returns>
    public Outgoing? Return(ulong sequence)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(sequence, out var message))
                return null;

            _returned.Add(sequence);
            return message;
        }
    }

    /// <summary>The broker answered for one, or for all up to it.</summary>
    /// <returns>Those that are safe, and those to publish again.</returns>
    public (List<Outgoing> Safe, List<Outgoing> Again) Settle(ulong sequence, bool multiple, bool confirmed)
    {
        var safe = new List<Outgoing>();
        var again = new List<Outgoing>();
        TaskCompletionSource? room;
        lock (_gate)
        {
            for (var each = multiple ? _oldest : sequence; each <= sequence; each++)
            {
                if (_open.Remove(each, out var message))
                    (confirmed && !_returned.Remove(each) ? safe : again).Add(message);
            }

            if (multiple && sequence >= _oldest)
                _oldest = sequence + 1;

            room = _open.Count < unconfirmedMax ? _room : null;
            if (room is not null)
                _room = null;
        }

        room?.TrySetResult();
        return (safe, again);
    }

    /// <summary>The channel is gone: nobody will answer for these.</summary>
    public List<Outgoing> Close()
    {
        lock (_gate)
        {
            List<Outgoing> left = [.. _open.Values];
            _open.Clear();
            return left;
        }
    }
}
