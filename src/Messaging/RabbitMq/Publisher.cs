using System.Globalization;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Publishes what is put, in order, on a connection of its own (one the broker blocks must not hold up acknowledgements),
/// and again until the broker has confirmed it: after a lost connection, a refusal, or a return for want of the queue.
/// </summary>
internal sealed class Publisher : IAsyncDisposable
{
    private static readonly CreateChannelOptions OwnConfirms = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);

    private readonly RabbitMqOptions _options;
    private readonly Topology _topology;
    private readonly EndedWorkspaces _ended;
    private readonly Action<string> _gone;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Outbox _outbox = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly YoungQueues _young;
    private readonly Announcements _announcements;
    private readonly Task _running;

    public Publisher(RabbitMqOptions options, Topology topology, EndedWorkspaces ended, Action<string> gone, TimeProvider time, ILogger log)
    {
        _options = options;
        _topology = topology;
        _ended = ended;
        _gone = gone;
        _young = new(time);
        _announcements = new(time, options.AnnounceEvery);
        _time = time;
        _log = log;
        _running = Task.Run(() => new Reconnecting(options, "publisher", time, log).Run(Publish, _stop.Token));
    }

    public async Task Put(IReadOnlyList<Dispatch> dispatches, CancellationToken stop)
    {
        foreach (var dispatch in dispatches)
            _young.Use(dispatch.Workspace);

        await Wait(_outbox.Put(dispatches), stop);
    }

    /// <summary>Puts a message that cannot be read on its workspace's dead-letter queue.</summary>
    public async Task PutUnreadable(string workspace, byte[] body, CancellationToken stop) => await Wait(_outbox.PutUnreadable(workspace, body), stop);

    /// <summary>Has every node take from this workspace's queue.</summary>
    public void Announce(string workspace)
    {
        if (_announcements.Due(workspace))
            _outbox.Announce(workspace, new Batch(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task Wait(Batch batch, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _stop.Token);
        await batch.Safe.WaitAsync(either.Token);
    }

    private async Task Publish(BrokerConnection connection, CancellationToken ended)
    {
        var channel = await connection.OpenVitalChannel(OwnConfirms, ended);
        var queues = new DeclaredQueues(_topology, connection, _log, ended);
        var window = new ConfirmWindow(_options.UnconfirmedMax);
        Listen(channel, window, queues);
        await _topology.DeclareActiveExchange(channel, ended);
        Log.Connected(_log, "publisher", connection.BrokerVersion);
        foreach (var workspace in _young.AtRisk())
            _gone(workspace);
        foreach (var workspace in _announcements.TakeAll())
            _outbox.Announce(workspace, new Batch(1));

        var owed = AnnounceOwed(ended);
        var stream = new PublishStream(channel, _topology, queues, window, _outbox);
        var refused = new RefusedQueues(_outbox, _time, _log);
        Outgoing? inHand = null;
        try
        {
            while (true)
            {
                await window.Room(ended);
                var message = await _outbox.Next(ended);
                if (_ended.Contains(message.Workspace))
                {
                    message.Batch.OneIsSafe();
                    continue;
                }

                if (refused.Take(message))
                    continue;

                inHand = message;
                try
                {
                    await stream.Prepare(message, ended);
                }
                catch (OperationInterruptedException trouble) when (!ended.IsCancellationRequested)
                {
                    inHand = null;
                    refused.Begin(message, trouble.Message, ended);
                    continue;
                }

                // From here on the window answers for it, and the outbox for what follows it.
                inHand = null;
                if (message.Dispatch is not null && _announcements.Due(message.Workspace))
                    _outbox.Announce(message.Workspace, message.Batch.OneMore());
                await stream.Publish(message, ended);
            }
        }
        finally
        {
            _young.Lost();
            var left = window.Close();
            if (inHand is { } unpublished)
                left.Add(unpublished);
            _outbox.PutAgain(left);
            await owed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AnnounceOwed(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(_options.AnnounceEvery / 4, _time);
        while (await timer.WaitForNextTickAsync(ended))
        {
            foreach (var workspace in _announcements.TakeOwed())
                _outbox.Announce(workspace, new Batch(1));
        }
    }

    private void Listen(IChannel channel, ConfirmWindow window, DeclaredQueues queues)
    {
        channel.BasicReturnAsync += (_, returned) =>
        {
            var sequence = ulong.Parse(returned.BasicProperties.CorrelationId!, CultureInfo.InvariantCulture);
            if (window.Return(sequence) is { } message)
            {
                queues.Forget(returned.RoutingKey);
                Log.QueueGone(_log, message.Workspace, returned.RoutingKey);
                _gone(message.Workspace);
            }

            return Task.CompletedTask;
        };
        channel.BasicAcksAsync += (_, ack) => Settle(window.Settle(ack.DeliveryTag, ack.Multiple, confirmed: true));
        channel.BasicNacksAsync += (_, nack) => Settle(window.Settle(nack.DeliveryTag, nack.Multiple, confirmed: false));
    }

    private Task Settle((List<Outgoing> Safe, List<Outgoing> Again) answered)
    {
        Instruments.Confirms.Add(answered.Safe.Count);
        foreach (var message in answered.Safe)
            message.Batch.OneIsSafe();

        _outbox.PutAgain(answered.Again);
        return Task.CompletedTask;
    }
}
