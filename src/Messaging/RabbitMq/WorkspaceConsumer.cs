using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Hears what the broker hands out of one workspace's queue.</summary>
internal sealed class WorkspaceConsumer(IChannel channel, WorkspaceConsumers consumers) : AsyncDefaultBasicConsumer(channel)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when nothing comes by it any more and all that came was handed on. The answer to a cancel alone does not say so: deliveries may still be in line.</summary>
    public Task Over => _over.Task;

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
        consumers.Deliver(deliveryTag, body, properties);
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _over.TrySetResult();
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _over.TrySetResult();
        consumers.Lost(this);
        return Task.CompletedTask;
    }
}
