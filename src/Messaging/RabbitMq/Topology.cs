using RabbitMQ.Client;

namespace EventMesh.Messaging.RabbitMq;

/// <summary>Everything this project has on the broker: its names, its arguments, and how each is declared.</summary>
internal sealed class Topology(RabbitMqOptions options)
{
    /// <summary>Fanout. A message names a workspace that has something to take; each node that takes binds a queue of its own.</summary>
    public string ActiveExchange { get; } = $"{options.Prefix}.active";

    /// <summary>Durable, one for each workspace.</summary>
    public string DispatchQueue(string workspace) => $"{options.Prefix}.ws.{workspace}.dispatch";

    /// <summary>Durable, for messages of a workspace's queue that cannot be read. It exists once there was one: thousands of empty queues would double what the broker holds.</summary>
    public string DeadQueue(string workspace) => $"{options.Prefix}.ws.{workspace}.dead";

    public Task DeclareActiveExchange(IChannel channel, CancellationToken stop) =>
        channel.ExchangeDeclareAsync(ActiveExchange, ExchangeType.Fanout, durable: true, cancellationToken: stop);

    /// <summary>A queue that lives as long as this connection.</summary>
    /// <returns>Its name, chosen by the broker.</returns>
    public async Task<string> DeclareOwnBinding(IChannel channel, CancellationToken stop)
    {
        var own = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: stop);
        await channel.QueueBindAsync(own.QueueName, ActiveExchange, routingKey: "", cancellationToken: stop);
        return own.QueueName;
    }

    public Task DeclareQueue(IChannel channel, string queue, Version broker, CancellationToken stop) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Arguments(broker), cancellationToken: stop);

    private Dictionary<string, object?> Arguments(Version broker)
    {
        if (options.QueueType == QueueType.Classic)
            return new() { ["x-queue-type"] = "classic" };

        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        // From 4.0 on a quorum queue drops a message that came back twenty times; ours come back for as long as a target is set aside.
        if (broker.Major >= 4)
            quorum["x-delivery-limit"] = -1;

        return quorum;
    }
}
