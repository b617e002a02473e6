using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Hears what the broker hands out of one workspace's queue.</summary>
internal sealed class WorkspaceConsumer(IChannel channel, ConsumerSession session, string workspace) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        session.Deliver(workspace, deliveryTag, body, properties);
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        session.Lost(workspace, consumerTag);
        return Task.CompletedTask;
    }
}
