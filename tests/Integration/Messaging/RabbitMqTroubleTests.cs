using System.Collections.Concurrent;
using EventMesh.Messaging;
using EventMesh.Messaging.RabbitMq;
using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>What a broker and an operator can do to us. Nothing that was put may be lost by it.</summary>
public sealed class RabbitMqTroubleTests(RabbitMqTroubleTests.OwnBroker broker) : IClassFixture<RabbitMqTroubleTests.OwnBroker>, IAsyncLifetime
{
    private const ushort Prefetch = 64;

    private readonly RabbitMqOptions _options = Broker.Options(broker.Server.Uri, Prefetch);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RabbitMqServer Server => broker.Server;

    /// <summary>A test that ended with the broker down must not fail the next.</summary>
    public async ValueTask InitializeAsync() => await Server.StartAgain();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // More than the fastest broker takes in while it is being killed.
    private const int Many = 40_000;

    [Fact(Timeout = Broker.Patience)]
    public async Task Killing_the_broker_in_the_middle_of_puts_and_takes_loses_none()
    {
        await using var putting = Broker.Node(_options);
        await using var taking = Broker.Node(_options);
        var dispatches = Enumerable.Range(0, Many).Select(n => Some.Dispatches($"tenant-{n % 20}", 1, from: n)[0]).ToArray();
        await taking.Open([.. dispatches.Select(dispatch => dispatch.Workspace).Distinct()], Stop);
        var seen = new ConcurrentDictionary<string, int>();
        var thousand = new TaskCompletionSource();
        var taken = TakeUntilAllSeen(taking, seen, dispatches.Length, thousand);

        // A first part, so that the kill meets takes; the rest is on its way when it comes.
        await Task.WhenAll(dispatches.Take(2000).Chunk(50).Select(chunk => putting.Put(chunk, Stop)));
        await thousand.Task.WaitAsync(Stop);
        var rest = dispatches.Skip(2000).Chunk(50).Select(chunk => putting.Put(chunk, Stop)).ToArray();
        await rest[0];
        await Server.Kill();
        Assert.False(Task.WhenAll(rest).IsCompletedSuccessfully, "The kill came too late to meet a put.");
        await Server.StartAgain();

        await Task.WhenAll(rest);
        await taken;
        Assert.Equal(dispatches.Select(dispatch => dispatch.Delivery).Order(), seen.Keys.Order());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_was_confirmed_survives_a_kill()
    {
        await using (var putting = Broker.Node(_options))
            await putting.Put(Some.Dispatches("acme", 100), Stop);
        await Server.Kill();
        await Server.StartAgain();

        await using var taking = Broker.Node(_options);
        await taking.Open(["acme"], Stop);
        Assert.Equal(Enumerable.Range(0, 100), (await taking.TakeAndAck(100, Stop)).Select(dispatch => dispatch.Number()));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_put_waits_for_a_broker_that_is_not_there()
    {
        await Server.Kill();
        await using var queues = Broker.Node(_options);
        await queues.Open([], Stop);
        var put = queues.Put(Some.Dispatches("acme", 1), Stop);
        var take = queues.TakeAndAck(1, Stop);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var given = queues.Put(Some.Dispatches("other", 1), impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        await Server.StartAgain();

        await put;
        Assert.Single(await take);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_channel_closed_by_the_broker_is_opened_again_and_nothing_is_lost()
    {
        await using var queues = Broker.Node(_options);
        await queues.Open([], Stop);
        var first = queues.Put(Some.Dispatches("acme", 1000), Stop);
        var held = await queues.TakeUnsettled(10, Stop);

        await Server.Ctl(
            "eval",
            "[Pid ! {channel_exit, 1, rabbit_misc:amqp_error(precondition_failed, \"closed by the test\", [], none)} || Pid <- rabbit_networking:connections()].");
        var second = queues.Put(Some.Dispatches("acme", 1000, from: 1000), Stop);

        var numbers = new HashSet<int>();
        var again = 0;
        while (numbers.Count < 2000)
        {
            foreach (var received in await queues.Take(64, Stop))
            {
                await received.Ack();
                numbers.Add(received.Dispatch.Number());
                if (received.Dispatch.Number() < 10 && ++again == 10)
                {
                    // What is acknowledged to the channel that ended was handed out again, and nothing happens.
                    foreach (var old in held)
                        await old.Ack();
                }
            }
        }

        Assert.True(again >= 10);
        await Task.WhenAll(first, second);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_queue_deleted_under_a_publisher_is_declared_again_and_the_message_published_again()
    {
        await using var queues = Broker.Node(_options);
        await queues.Put(Some.Dispatches("acme", 1), Stop);
        await DeleteQueue("acme");

        await queues.Put(Some.Dispatches("acme", 5, from: 1), Stop);

        await queues.Open(["acme"], Stop);
        Assert.Equal([1, 2, 3, 4, 5], (await queues.TakeAndAck(5, Stop)).Select(dispatch => dispatch.Number()));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_queue_deleted_under_a_consumer_is_declared_and_consumed_again()
    {
        await using var taking = Broker.Node(_options);
        await using var putting = Broker.Node(_options);
        await putting.Put(Some.Dispatches("acme", 1), Stop);
        await taking.Open(["acme"], Stop);
        var held = await taking.TakeUnsettled(1, Stop);
        await DeleteQueue("acme");

        await putting.Put(Some.Dispatches("acme", 5, from: 1), Stop);

        // Both sides declare it again, so the first may be put anew behind those that found it there.
        Assert.Equal([1, 2, 3, 4, 5], (await taking.TakeAndAck(5, Stop)).Select(dispatch => dispatch.Number()).Order());
        await held[0].Ack();
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task While_the_broker_blocks_publishing_takes_and_acknowledgements_go_on()
    {
        await using var queues = Broker.Node(_options);
        await queues.Open([], Stop);
        await queues.Put(Some.Dispatches("acme", Prefetch + 10), Stop);
        var held = await queues.TakeUnsettled(Prefetch, Stop);
        await Server.Ctl("set_vm_memory_high_watermark", "absolute", "1");
        Task put;
        try
        {
            put = queues.Put(Some.Dispatches("fresh", 10), Stop);
            foreach (var received in held)
                await received.Ack();

            // Only because the broker read the acknowledgements does it hand out more.
            Assert.Equal(Enumerable.Range(Prefetch, 10), (await queues.TakeAndAck(10, Stop)).Select(dispatch => dispatch.Number()));
            Assert.False(put.IsCompleted);
        }
        finally
        {
            await Server.Ctl("set_vm_memory_high_watermark", "0.4");
        }

        await put;
        Assert.Equal(10, (await queues.TakeAndAck(10, Stop)).Count);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task When_a_nodes_connection_is_cut_another_node_takes_what_it_held()
    {
        await using var putting = Broker.Node(_options);
        await putting.Put(Some.Dispatches("acme", 10), Stop);
        var before = await Connections();
        await using var cut = Broker.Node(_options);
        await cut.Open(["acme"], Stop);
        var held = await cut.TakeUnsettled(10, Stop);
        var ofCut = (await Connections()).Except(before).ToArray();
        await using var other = Broker.Node(_options);
        await other.Open(["acme"], Stop);
        await putting.Put(Some.Dispatches("acme", 1, from: 10), Stop);
        var numbers = new List<int>();

        foreach (var connection in ofCut)
            await Server.Ctl("close_connection", connection, "cut by the test");
        await cut.DisposeAsync();
        foreach (var received in held)
            await received.Ack();

        while (numbers.Distinct().Count() < 10)
            numbers.AddRange((await other.TakeAndAck(1, Stop)).Select(dispatch => dispatch.Number()).Where(number => number < 10));
        Assert.Equal(Enumerable.Range(0, 10), numbers.Order());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_workspace_whose_queue_is_refused_holds_up_no_other()
    {
        await Server.Ctl("add_vhost", "narrow");
        await Server.Ctl("set_permissions", "-p", "narrow", "eventmesh", ".*", ".*", ".*");
        await using var queues = Broker.Node(_options with { Uri = new Uri(_options.Uri, "narrow") });
        await queues.Open([], Stop);
        await queues.Put(Some.Dispatches("first", 1), Stop);
        await Server.Ctl("set_vhost_limits", "-p", "narrow", """{"max-queues":1}""");

        var refused = queues.Put(Some.Dispatches("second", 10), Stop);
        await queues.Put(Some.Dispatches("first", 1, from: 1), Stop);

        Assert.False(refused.IsCompleted);
        await Server.Ctl("clear_vhost_limits", "-p", "narrow");
        await refused;
        var numbers = (await queues.TakeAndAck(12, Stop)).Where(dispatch => dispatch.Workspace == "second").Select(dispatch => dispatch.Number());
        Assert.Equal(Enumerable.Range(0, 10), numbers);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_broker_that_refuses_the_virtual_host_is_tried_until_it_does_not()
    {
        await using var queues = Broker.Node(_options with { Uri = new Uri(_options.Uri, "later") });
        await queues.Open([], Stop);
        var put = queues.Put(Some.Dispatches("acme", 1), Stop);
        var take = queues.TakeAndAck(1, Stop);

        await Server.Ctl("add_vhost", "later");
        await Server.Ctl("set_permissions", "-p", "later", "eventmesh", ".*", ".*", ".*");

        await put;
        Assert.Single(await take);
    }

    private static async Task TakeUntilAllSeen(RabbitMqQueues queues, ConcurrentDictionary<string, int> seen, int count, TaskCompletionSource thousand)
    {
        while (seen.Count < count)
        {
            foreach (var received in await queues.Take(32, Stop))
            {
                seen.AddOrUpdate(received.Dispatch.Delivery, 1, (_, times) => times + 1);
                await received.Ack();
            }

            if (seen.Count >= 1000)
                thousand.TrySetResult();
        }
    }

    private async Task DeleteQueue(string workspace)
    {
        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeleteAsync($"{_options.Prefix}.ws.{workspace}.dispatch", cancellationToken: Stop);
    }

    private async Task<string[]> Connections() =>
        (await Server.Ctl("list_connections", "--silent", "pid")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public sealed class OwnBroker : IAsyncLifetime
    {
        public RabbitMqServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RabbitMqServer.Start();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
