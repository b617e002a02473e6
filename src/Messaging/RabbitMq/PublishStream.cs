using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>The messages of one channel, in the order and with the sequence numbers the broker confirms them by. One caller at a time.</summary>
internal sealed class PublishStream(IChannel channel, Topology topology, DeclaredQueues queues, ConfirmWindow window, Outbox outbox)
{
    private const int LookAhead = 1000;

    private static readonly BasicProperties Passing = new();

    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private readonly BasicProperties _properties = new() { Persistent = true };
    private ulong _sequence;

    /// <summary>Sees to it that there is a queue.</summary>
    public async Task Prepare(Outgoing message, CancellationToken stop)
    {
        if (message.IsAnnouncement)
            return;

        var queue = QueueOf(message);
        if (!queues.Began(queue))
        {
            // Where one is new, those behind it often are, too: declared together they take the time of a few.
            foreach (var ahead in outbox.Ahead(LookAhead).Where(ahead => !ahead.IsAnnouncement))
                _ = queues.Declare(QueueOf(ahead));
        }

        if (!queues.Knows(queue))
            await queues.Declare(queue);
    }

    /// <summary>Publishes it. The window has it before the broker can answer.</summary>
    public async Task Publish(Outgoing message, CancellationToken stop)
    {
        window.Add(++_sequence, message);
        if (message.IsAnnouncement)
        {
            await channel.BasicPublishAsync(topology.ActiveExchange, "", mandatory: false, Passing, Encoding.UTF8.GetBytes(message.Workspace), stop);
            return;
        }

        _properties.CorrelationId = _sequence.ToString(CultureInfo.InvariantCulture);
        await channel.BasicPublishAsync("", QueueOf(message), mandatory: true, _properties, Body(message), stop);
    }

    private string QueueOf(Outgoing message) =>
        message.Dispatch is null ? topology.DeadQueue(message.Workspace) : topology.DispatchQueue(message.Workspace);

    private ReadOnlyMemory<byte> Body(Outgoing message)
    {
        if (message.Dispatch is null)
        {
            _properties.Headers = null;
            return message.Unreadable;
        }

        _body.ResetWrittenCount();
        _json.Reset(_body);
        Wire.Write(_json, _properties, message.Dispatch);
        return _body.WrittenMemory;
    }
}
