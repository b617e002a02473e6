using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>The consumers of one connection, and where what came by it is settled. Once it has ended, settling does nothing: the broker hands it out again.</summary>
internal sealed class ConsumerSession(
    RabbitMqOptions options,
    Topology topology,
    DeclaredQueues queues,
    Turns<Received> turns,
    Lazy<Publisher> publisher,
    Action<string> gone,
    TimeProvider time,
    ILogger log,
    CancellationToken ended) : ISettle
{
    private readonly Lock _gate = new();
    private readonly Channel<Func<Task>> _chores = Channel.CreateUnbounded<Func<Task>>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, WorkspaceConsumers> _consumers = new();
    private IChannel _channel = null!;
    private bool _ended;

    public async Task Start(BrokerConnection connection, Action<string> open)
    {
        _channel = await connection.OpenVitalChannel(null, ended);
        await _channel.BasicQosAsync(0, options.Prefetch, global: false, ended);

        var news = await connection.OpenVitalChannel(null, ended);
        await topology.DeclareActiveExchange(news, ended);
        var own = await topology.DeclareOwnBinding(news, ended);
        await news.BasicConsumeAsync(own, autoAck: true, new ActiveWorkspaces(news, open), ended);
    }

    /// <summary>Consumes from the queue of this workspace as soon as those before it are.</summary>
    public void Open(string workspace)
    {
        // Begun here, so that many are declared at a time; awaited, and its failure met, when it is this one's turn.
        _ = queues.Declare(topology.DispatchQueue(workspace));
        _chores.Writer.TryWrite(() => Adjust(workspace));
    }

    /// <summary>Opens, widens and narrows until the connection ends.</summary>
    public async Task Run()
    {
        await foreach (var chore in _chores.Reader.ReadAllAsync(ended))
            await chore();
    }

    /// <summary>From here on nothing comes from this connection, and what it brought and nobody took is forgotten.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            turns.Clear();
        }
    }

    public void Deliver(string workspace, ulong tag, ReadOnlyMemory<byte> body, IReadOnlyBasicProperties properties)
    {
        if (!Wire.TryRead(workspace, body.Span, properties, out var dispatch))
        {
            _ = SetAside(workspace, tag, body.ToArray());
            return;
        }

        lock (_gate)
        {
            if (!_ended)
                turns.Add(workspace, new Received(dispatch, this, null, tag));
        }
    }

    /// <summary>The broker ended a consumer, because the queue was deleted or its node went away.</summary>
    public void Lost(string workspace, string consumerTag)
    {
        Log.QueueGone(log, workspace, topology.DispatchQueue(workspace));
        queues.Forget(topology.DispatchQueue(workspace));
        Consumers(workspace).Lost(consumerTag);
        Open(workspace);
        gone(workspace);
    }

    ValueTask ISettle.Ack(Received received)
    {
        turns.Settled(received.Dispatch.Workspace);
        return Tell(() => _channel.BasicAckAsync(received.Tag, multiple: false, ended));
    }

    ValueTask ISettle.Requeue(Received received, TimeSpan delay)
    {
        Instruments.Requeues.Add(1, Instruments.RabbitMq);
        turns.Settled(received.Dispatch.Workspace);
        if (delay <= TimeSpan.Zero)
            return GiveBack(received.Tag);

        _ = GiveBackAfter(delay, received);
        return ValueTask.CompletedTask;
    }

    private WorkspaceConsumers Consumers(string workspace) =>
        _consumers.GetOrAdd(workspace, static (name, prefetch) => new WorkspaceConsumers(name, prefetch), (int)options.Prefetch);

    private async Task Adjust(string workspace)
    {
        var queue = topology.DispatchQueue(workspace);
        try
        {
            if (!queues.Knows(queue))
                await queues.Declare(queue);
        }
        catch (OperationInterruptedException refused) when (!ended.IsCancellationRequested)
        {
            // This one queue cannot be had now; the others can.
            Log.QueueRefused(log, workspace, refused.Message, RefusedQueues.Wait.TotalMilliseconds);
            _ = OpenAfter(RefusedQueues.Wait, workspace);
            return;
        }

        await Consumers(workspace).Adjust(_channel, queue, this, ended);
    }

    private async Task OpenAfter(TimeSpan delay, string workspace)
    {
        await Task.Delay(delay, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Open(workspace);
    }

    /// <summary>
    /// Held here until the delay is over and then given back to the broker, rather than put on a queue with a time to live:
    /// what the broker moves between queues by itself it can lose when it is killed.
    /// </summary>
    private async Task GiveBackAfter(TimeSpan delay, Received received)
    {
        var workspace = received.Dispatch.Workspace;
        if (Consumers(workspace).OneSetAside())
            Open(workspace);

        await Task.Delay(delay, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await GiveBack(received.Tag);
        if (Consumers(workspace).OneCameBack())
            Open(workspace);
    }

    private ValueTask GiveBack(ulong tag) => Tell(() => _channel.BasicNackAsync(tag, multiple: false, requeue: true, ended));

    private async Task SetAside(string workspace, ulong tag, byte[] body)
    {
        Instruments.DeadLetters.Add(1);
        Log.Unreadable(log, workspace, body.Length);
        await publisher.Value.PutUnreadable(workspace, body, ended);
        await Tell(() => _channel.BasicAckAsync(tag, multiple: false, ended));
    }

    private async ValueTask Tell(Func<ValueTask> tell)
    {
        try
        {
            if (!ended.IsCancellationRequested)
                await tell();
        }
        catch (Exception gone) when (gone is OperationCanceledException or AlreadyClosedException or OperationInterruptedException or ObjectDisposedException)
        {
            // The connection ended, which is logged where it is opened again. The broker hands out again what it did not hear of.
        }
    }
}
