using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace EventMesh.Tests.Integration.Isolation;

/// <summary>A user of the broker with the permissions that docs/access.md gives a tenant: none but to read the queue of its own workspace.</summary>
public sealed class BrokerIsolationTests : IAsyncLifetime
{
    private const string Own = "eventmesh.ws.iso-acme.dispatch", Others = "eventmesh.ws.iso-bolt.dispatch", Lookalike = "eventmesh.ws.iso-acme2.dispatch", Exchange = "eventmesh.iso.active";

    private RabbitMqServer broker = null!;
    private IConnection platform = null!, tenant = null!;
    private string user = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await RabbitMqServer.Shared;
        platform = await new ConnectionFactory { Uri = new(broker.Uri) }.CreateConnectionAsync();
        await using var channel = await platform.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Fanout);
        foreach (var queue in new[] { Own, Others, Lookalike })
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", queue, new ReadOnlyMemory<byte>([1]));
        }
        user = "iso-" + Guid.NewGuid().ToString("N");
        await broker.Ctl("add_user", user, "a-password");
        await broker.Ctl("set_permissions", "-p", "/", user, "^$", "^$", @"^eventmesh\.ws\.iso-acme\.(dispatch|dead)$");
        tenant = await new ConnectionFactory { Uri = new UriBuilder(broker.Uri) { UserName = user, Password = "a-password" }.Uri }.CreateConnectionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await tenant.DisposeAsync();
        await using (var channel = await platform.CreateChannelAsync())
        {
            foreach (var queue in new[] { Own, Others, Lookalike }) await channel.QueueDeleteAsync(queue);
            await channel.ExchangeDeleteAsync(Exchange);
        }
        await platform.DisposeAsync();
        await broker.Ctl("delete_user", user);
    }

    [Fact]
    public async Task It_reads_its_own_queue()
    {
        await using var channel = await tenant.CreateChannelAsync();
        var got = await channel.BasicGetAsync(Own, autoAck: false);
        Assert.NotNull(got);
        await channel.BasicNackAsync(got.DeliveryTag, false, requeue: true);
    }

    public static TheoryData<string> Queues => [Others, Lookalike];

    [Theory, MemberData(nameof(Queues))]
    public async Task It_does_nothing_to_anothers(string queue)
    {
        await Refused(c => c.BasicGetAsync(queue, autoAck: true));
        await Refused(c => c.BasicConsumeAsync(queue, true, new Listening(c)));
        await Refused(c => c.QueueBindAsync(queue, Exchange, ""));
        await Refused(c => c.QueueBindAsync(Own, Exchange, ""));
        await Refused(c => c.QueuePurgeAsync(queue));
        await Refused(c => c.QueueDeleteAsync(queue));
        await Refused(c => c.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false));
        await Published(queue);
        await using var channel = await platform.CreateChannelAsync();
        Assert.Equal(1u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task It_makes_nothing_of_its_own_by_which_it_could_listen()
    {
        await Refused(c => c.QueueDeclareAsync("mine", durable: false, exclusive: true, autoDelete: true));
        await Refused(c => c.ExchangeDeclareAsync("mine", ExchangeType.Fanout));
        await Refused(c => c.ExchangeBindAsync("amq.fanout", Exchange, ""));
    }

    [Fact]
    public async Task It_lists_no_queues()
    {
        var users = await broker.Ctl("list_users", "--silent");
        Assert.Contains(users.Split('\n'), line => line.StartsWith(user, StringComparison.Ordinal) && line.EndsWith("[]", StringComparison.Ordinal));
    }

    private async Task Refused(Func<IChannel, Task> act)
    {
        await using var channel = await tenant.CreateChannelAsync();
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => act(channel));
        Assert.Equal(403, refused.ShutdownReason!.ReplyCode);
    }

    // A publish is not answered: with confirms, its channel is closed instead.
    private async Task Published(string queue)
    {
        await using var channel = await tenant.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await Assert.ThrowsAnyAsync<Exception>(async () => await channel.BasicPublishAsync("", queue, new ReadOnlyMemory<byte>([2])));
        Assert.Equal((ushort)403, channel.CloseReason?.ReplyCode ?? 0);
    }

    private sealed class Listening(IChannel channel) : AsyncDefaultBasicConsumer(channel);
}
