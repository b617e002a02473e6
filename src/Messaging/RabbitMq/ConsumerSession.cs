using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// The consumers of one connection. A queue gets one when its workspace is announced or found waiting, and loses it when the workspace is quiet: what is
/// idle costs nothing. Once the session has ended, settling does nothing: the broker hands it out again.
/// </summary>
internal sealed class ConsumerSession(
    RabbitMqOptions options,
    Topology topology,
    DeclaredQueues queues,
    Turns<Received> turns,
    Lazy<Publisher> publisher,
    Consumer consumer,
    TimeProvider time,
    ILogger log,
    CancellationToken ended)
{
    private readonly Lock _gate = new();
    private readonly Channel<string> _openings = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, WorkspaceConsumers> _consumers = new();
    // Opening and retiring take turns, so that a workspace that is announced does not wait behind thousands that have become quiet.
    private readonly SemaphoreSlim _turn = new(1);
    private IChannel _channel = null!;
    private bool _ended;

    public async Task Start(BrokerConnection connection)
    {
        _channel = await connection.OpenVitalChannel(null, ended);
        await _channel.BasicQosAsync(0, options.Prefetch, global: false, ended);

        var news = await connection.OpenVitalChannel(null, ended);
        await topology.DeclareActiveExchange(news, ended);
        var own = await topology.DeclareOwnBinding(news, ended);
        await news.BasicConsumeAsync(own, autoAck: true, new ActiveWorkspaces(news, consumer.Open), ended);
    }

    /// <summary>Consumes from the queue of this workspace as soon as those before it are.</summary>
    public void Open(string workspace)
    {
        // Begun here, so that many are declared at a time; awaited, and its failure met, when it is this one's turn.
        _ = queues.Declare(topology.DispatchQueue(workspace));
        _openings.Writer.TryWrite(workspace);
    }

    public void Heard(string workspace)
    {
        if (_consumers.TryGetValue(workspace, out var consumers))
            consumers.Heard();
    }

    /// <summary>Opens, widens, narrows and retires until the connection ends.</summary>
    public async Task Run() => await await Task.WhenAny(OpenAnnounced(), Tend());

    /// <summary>From here on nothing comes from this connection, and what it brought and nobody took is forgotten.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            turns.Clear();
        }
    }

    public void Deliver(WorkspaceConsumers by, ulong tag, ReadOnlyMemory<byte> body, IReadOnlyBasicProperties properties)
    {
        if (!Wire.TryRead(by.Workspace, body.Span, properties, out var dispatch))
        {
            _ = SetAside(by, tag, body.ToArray());
            return;
        }

        lock (_gate)
        {
            if (!_ended && consumer.Wants(by.Workspace))
                turns.Add(by.Workspace, new Received(dispatch, by, null, tag));
        }
    }

    /// <summary>The broker ended a consumer, because the queue was deleted or its node went away.</summary>
    public void Lost(string workspace)
    {
        Log.QueueGone(log, workspace, topology.DispatchQueue(workspace));
        queues.Forget(topology.DispatchQueue(workspace));
        if (!consumer.Wants(workspace))
        {
            _consumers.TryRemove(workspace, out _);
            return;
        }

        consumer.Reopen(workspace);
        consumer.Gone(workspace);
    }

    public void OutOfHand(string workspace) => turns.Settled(workspace);

    public ValueTask Ack(ulong tag) => Tell(() => _channel.BasicAckAsync(tag, multiple: false, ended));

    public ValueTask GiveBack(ulong tag) => Tell(() => _channel.BasicNackAsync(tag, multiple: false, requeue: true, ended));

    public async Task Wait(TimeSpan delay) => await Task.Delay(delay, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task OpenAnnounced()
    {
        await foreach (var workspace in _openings.Reader.ReadAllAsync(ended))
            await InTurn(() => Adjust(workspace));
    }

    private async Task Adjust(string workspace)
    {
        var queue = topology.DispatchQueue(workspace);
        var consumers = _consumers.GetOrAdd(workspace, name => new WorkspaceConsumers(this, name, options.Prefetch, time));
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

        consumers.WantOne();
        await consumers.Adjust(_channel, queue, ended);
    }

    private async Task OpenAfter(TimeSpan delay, string workspace)
    {
        await Wait(delay);
        consumer.Reopen(workspace);
    }

    private async Task Tend()
    {
        using var timer = new PeriodicTimer(options.ListenFor / 4, time);
        while (await timer.WaitForNextTickAsync(ended))
        {
            foreach (var consumers in _consumers.Values)
            {
                // Should this node die, others must be listening to the queue that what it holds goes back to.
                if (consumers.HoldsUnheard(options.ListenFor / 4))
                    publisher.Value.Announce(consumers.Workspace);
                else if (consumers.IsQuiet(options.ListenFor))
                    await InTurn(() => Retire(consumers));
            }
        }
    }

    private async Task Retire(WorkspaceConsumers consumers)
    {
        var queue = topology.DispatchQueue(consumers.Workspace);
        // An announcement that comes after this opens it again, behind us.
        if (!consumer.Retire(consumers))
            return;

        await consumers.Adjust(_channel, queue, ended);
        if (consumers.Unsettled > 0 || await queues.MayHold(queue))
        {
            consumer.Open(consumers.Workspace);
            return;
        }

        queues.Forget(queue);
        _consumers.TryRemove(KeyValuePair.Create(consumers.Workspace, consumers));
    }

    private async Task InTurn(Func<Task> act)
    {
        await _turn.WaitAsync(ended);
        try
        {
            await act();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SetAside(WorkspaceConsumers by, ulong tag, byte[] body)
    {
        Instruments.DeadLetters.Add(1);
        Log.Unreadable(log, by.Workspace, body.Length);
        await publisher.Value.PutUnreadable(by.Workspace, body, ended);
        await by.Acknowledge(tag);
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
