using System.Text;
using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Hears which workspaces publishers have become active for.</summary>
internal sealed class ActiveWorkspaces(IChannel channel, Action<string> open) : AsyncDefaultBasicConsumer(channel)
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
        open(Encoding.UTF8.GetString(body.Span));
        return Task.CompletedTask;
    }
}
