using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Integration.Servers;

public sealed class RabbitMqServerTests
{
    [Fact]
    public async Task A_durable_queue_survives_a_kill()
    {
        await using var server = await RabbitMqServer.Start();
        await using (var connection = await Connect(server))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
            await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false,
                cancellationToken: TestContext.Current.CancellationToken);
        }
        // RabbitMQ answers a declaration before it is in the file of its database: up to two seconds of declarations die with the process.
        await server.Ctl("eval", "mnesia:sync_log().");

        await server.Kill();
        await server.StartAgain();

        Assert.Equal("kept", await server.Ctl("list_queues", "--silent", "--no-table-headers", "name"));
    }

    private static Task<IConnection> Connect(RabbitMqServer server) =>
        new ConnectionFactory { Uri = new(server.Uri) }.CreateConnectionAsync();
}
