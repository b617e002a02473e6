using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// The consumers of one workspace's queue on one connection, and where what came by them is settled. One consumer, as a rule. A dispatch that is set aside
/// still counts against the prefetch of the consumer it came by, so more are added while many are: a connection that fails must not hold up the workspace's
/// others. None, once the workspace is quiet.
/// </summary>
internal sealed class WorkspaceConsumers(ConsumerSession session, string workspace, int prefetch, TimeProvider time) : ISettle
{
    private const int ConsumersMax = 16;

    private readonly Lock _gate = new();
    private readonly List<(string Tag, WorkspaceConsumer Consumer)> _consumers = [];
    private long _heard = time.GetTimestamp();
    private long _delivered = time.GetTimestamp();
    private int _unsettled;
    private int _setAside;
    private int _wanted;
    private int _opened;

    public string Workspace => workspace;

    /// <summary>Dispatches in this node's hands.</summary>
    public int Unsettled
    {
        get
        {
            lock (_gate)
                return _unsettled;
        }
    }

    /// <summary>The workspace was announced.</summary>
    public void Heard()
    {
        lock (_gate)
            _heard = time.GetTimestamp();
    }

    /// <summary>True when this node holds dispatches and nobody has spoken of the workspace for as long.</summary>
    public bool HoldsUnheard(TimeSpan silence)
    {
        lock (_gate)
            return _unsettled > 0 && time.GetElapsedTime(_heard) >= silence;
    }

    /// <summary>True when nothing has come for as long and nothing is in this node's hands.</summary>
    public bool IsQuiet(TimeSpan silence)
    {
        lock (_gate)
            return QuietFor(silence);
    }

    /// <returns>True when it is quiet; then no consumer is wanted any more.</returns>
    public bool TryRetire(TimeSpan silence)
    {
        lock (_gate)
        {
            if (!QuietFor(silence))
                return false;

            _wanted = 0;
            return true;
        }
    }

    public void Deliver(ulong tag, ReadOnlyMemory<byte> body, IReadOnlyBasicProperties properties)
    {
        lock (_gate)
        {
            _unsettled++;
            _delivered = time.GetTimestamp();
        }

        session.Deliver(this, tag, body, properties);
    }

    public void Lost(WorkspaceConsumer consumer)
    {
        lock (_gate)
            _consumers.RemoveAll(one => one.Consumer == consumer);

        session.Lost(workspace);
    }

    /// <summary>What came as <paramref name="tag"/> is done with.</summary>
    public async ValueTask Acknowledge(ulong tag)
    {
        await session.Ack(tag);
        OneSettled();
    }

    ValueTask ISettle.Ack(Received received)
    {
        session.OutOfHand(workspace);
        return Acknowledge(received.Tag);
    }

    async ValueTask ISettle.Requeue(Received received, TimeSpan delay)
    {
        Instruments.Requeues.Add(1, Instruments.RabbitMq);
        session.OutOfHand(workspace);
        if (delay <= TimeSpan.Zero)
            await GiveBack(received.Tag);
        else
            _ = GiveBackAfter(delay, received.Tag);
    }

    /// <summary>Sees to it that there is one consumer at least, as many as are wanted, and none when it has retired.</summary>
    /// <remarks>One caller at a time. Returns when those that end have handed on what came by them.</remarks>
    public async Task Adjust(IChannel channel, string queue, CancellationToken stop)
    {
        while (Next(channel) is { } next)
        {
            if (next.Add)
            {
                await channel.BasicConsumeAsync(queue, autoAck: false, next.Tag, next.Consumer, stop);
            }
            else
            {
                await channel.BasicCancelAsync(next.Tag, noWait: false, stop);
                await next.Consumer.Over.WaitAsync(stop);
            }
        }
    }

    public void WantOne()
    {
        lock (_gate)
            _wanted = Math.Max(1, _wanted);
    }

    private (bool Add, string Tag, WorkspaceConsumer Consumer)? Next(IChannel channel)
    {
        lock (_gate)
        {
            if (_consumers.Count == _wanted)
                return null;

            if (_consumers.Count < _wanted)
            {
                var added = ($"{workspace} {++_opened}", new WorkspaceConsumer(channel, this));
                _consumers.Add(added);
                return (true, added.Item1, added.Item2);
            }

            var last = _consumers[^1];
            _consumers.RemoveAt(_consumers.Count - 1);
            return (false, last.Tag, last.Consumer);
        }
    }

    // One whose queue could not be had yet has no consumer to lose, and is tried until it can.
    private bool QuietFor(TimeSpan silence) =>
        _consumers.Count > 0 && _unsettled == 0 && time.GetElapsedTime(_heard) >= silence && time.GetElapsedTime(_delivered) >= silence;

    /// <summary>
    /// Held here until the delay is over and then given back to the broker, rather than put on a queue with a time to live:
    /// what the broker moves between queues by itself it can lose when it is killed.
    /// </summary>
    private async Task GiveBackAfter(TimeSpan delay, ulong tag)
    {
        if (OneSetAside())
            session.Open(workspace);

        await session.Wait(delay);
        await GiveBack(tag);
        if (OneCameBack())
            session.Open(workspace);
    }

    private async ValueTask GiveBack(ulong tag)
    {
        await session.GiveBack(tag);
        OneSettled();
    }

    private void OneSettled()
    {
        lock (_gate)
        {
            _unsettled--;
            // What was given back comes again.
            _delivered = time.GetTimestamp();
        }
    }

    /// <returns>True when a consumer is to be added.</returns>
    private bool OneSetAside()
    {
        lock (_gate)
        {
            var wanted = Math.Min(ConsumersMax, 1 + (2 * ++_setAside / prefetch));
            var more = wanted > _wanted;
            _wanted = Math.Max(_wanted, wanted);
            return more;
        }
    }

    /// <returns>True when those that were added are no longer needed.</returns>
    private bool OneCameBack()
    {
        lock (_gate)
        {
            if (--_setAside > 0 || _wanted <= 1)
                return false;

            _wanted = 1;
            return true;
        }
    }
}
