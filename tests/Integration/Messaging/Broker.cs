using EventMesh.Messaging.RabbitMq;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>Nodes on a broker that tests share: each test has names of its own there.</summary>
internal static class Broker
{
    /// <summary>In milliseconds. No test of these takes as long; one that waits for what never comes must end.</summary>
    public const int Patience = 180_000;

    private static int s_installations;

    public static RabbitMqOptions Options(string uri, ushort prefetch) => new(new Uri(uri))
    {
        Prefetch = prefetch,
        Prefix = $"test{Interlocked.Increment(ref s_installations)}",
    };

    public static RabbitMqQueues Node(RabbitMqOptions options) => new(options, TimeProvider.System, NullLogger<RabbitMqQueues>.Instance);

    public static Task<IConnection> Connect(RabbitMqOptions options) =>
        new ConnectionFactory { Uri = options.Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    public static async Task EventuallyHolds(RabbitMqOptions options, string queue, uint messages)
    {
        await using var connection = await Connect(options);
        await Eventually.True(() => Holds(connection, queue, messages), TimeSpan.FromMilliseconds(Patience), $"{queue} to hold {messages}");
    }

    /// <summary>How many consumers a workspace's queue has; null when there is no such queue.</summary>
    public static async Task<uint?> Consumers(RabbitMqOptions options, string workspace)
    {
        await using var connection = await Connect(options);
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await channel.ConsumerCountAsync($"{options.Prefix}.ws.{workspace}.dispatch");
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return null;
        }
    }

    public static Task EventuallyHasConsumers(RabbitMqOptions options, string workspace, uint consumers) =>
        Eventually.True(async () => await Consumers(options, workspace) == consumers, TimeSpan.FromMilliseconds(Patience), $"{workspace} to have {consumers} consumers");

    private static async Task<bool> Holds(IConnection connection, string queue, uint messages)
    {
        // A queue that is not there yet closes the channel it is asked by.
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await channel.MessageCountAsync(queue) == messages;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return false;
        }
    }
}
