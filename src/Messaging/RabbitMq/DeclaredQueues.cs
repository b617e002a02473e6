using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>
/// Declares queues when they are first needed and remembers them for the life of a connection. It has a channel of its own,
/// because a declaration the broker refuses closes the channel it came by.
/// </summary>
internal sealed class DeclaredQueues(Topology topology, BrokerConnection connection, ILogger log)
{
    private readonly ConcurrentDictionary<string, bool> _known = new();
    private IChannel? _channel;

    public bool Knows(string queue) => _known.ContainsKey(queue);

    public void Forget(string queue) => _known.TryRemove(queue, out _);

    /// <exception cref="OperationInterruptedException">The broker refused.</exception>
    public async Task Declare(string queue, CancellationToken stop)
    {
        // A blocked connection is not read by the broker: the declaration would run into its timeout and take the connection with it.
        await connection.Unblocked(stop);
        try
        {
            await topology.DeclareQueue(await Channel(stop), queue, connection.BrokerVersion, stop);
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            // It exists with other arguments, from another setting or an operator's hand: that is no reason to stop.
            await (await Channel(stop)).QueueDeclarePassiveAsync(queue, stop);
            Log.QueueDiffers(log, queue, refused.ShutdownReason.ReplyText);
        }

        _known[queue] = true;
    }

    private async Task<IChannel> Channel(CancellationToken stop)
    {
        if (_channel is not { IsOpen: true })
            _channel = await connection.OpenChannel(stop);

        return _channel;
    }
}
