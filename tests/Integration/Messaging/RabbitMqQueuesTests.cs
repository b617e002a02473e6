using EventMesh.Messaging;
using EventMesh.Messaging.RabbitMq;
using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

public sealed class RabbitMqQueuesTests(RabbitMqQueuesTests.SharedBroker broker) : DispatchQueuesContract, IClassFixture<RabbitMqQueuesTests.SharedBroker>
{
    private readonly RabbitMqOptions _options = Broker.Options(broker.Uri, Prefetch);

    // A broker hands over a queue in portions, with pauses.
    protected override int PauseMax => 200;

    protected override IDispatchQueues NewNode() => Broker.Node(_options);

    [Fact(Timeout = Broker.Patience)]
    public async Task A_put_completes_without_anyone_taking()
    {
        await Queues.Put(Some.Dispatches("acme", 10), Stop).WaitAsync(Stop);

        var later = Node();
        await later.Open(["acme"], Stop);
        Assert.Equal(10, (await later.TakeAndAck(10, Stop)).Count);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_node_that_takes_learns_of_a_workspace_when_another_node_puts()
    {
        var worker = Node();
        var taking = worker.TakeAndAck(2, Stop);
        await Queues.Put(Some.Dispatches("first", 1), Stop);
        await Queues.Put(Some.Dispatches("second", 1), Stop);

        // The first may have been put before the worker listened, as any workspace may: that is what Open is for.
        await worker.Open(["first", "second"], Stop);
        Assert.Equal(["first", "second"], (await taking).Select(dispatch => dispatch.Workspace).Order());

        await Queues.Put(Some.Dispatches("third", 1), Stop);
        Assert.Equal("third", Assert.Single(await worker.TakeAndAck(1, Stop)).Workspace);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_a_node_did_not_acknowledge_another_takes_in_order()
    {
        await Queues.Put(Some.Dispatches("acme", 100), Stop);
        var failing = Node();
        await failing.Open(["acme"], Stop);
        var held = await failing.TakeUnsettled(Prefetch, Stop);
        await held[0].Ack();
        // Its answer tells that the broker has read the acknowledgement before.
        await failing.Put(Some.Dispatches("other", 1), Stop);

        var second = Node();
        await second.Open(["acme"], Stop);
        await failing.DisposeAsync();
        await held[1].Ack();

        var numbers = (await second.TakeAndAck(99, Stop)).Select(dispatch => dispatch.Number()).ToList();
        Assert.Equal(Enumerable.Range(1, 99), numbers.Order());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_message_that_cannot_be_read_goes_to_the_dead_letter_queue_and_holds_up_nothing()
    {
        await Queues.Put(Some.Dispatches("acme", 1), Stop);
        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        var queue = $"{_options.Prefix}.ws.acme.dispatch";
        byte[][] unreadable =
        [
            "not json"u8.ToArray(),
            """{"workspace":"acme"}"""u8.ToArray(),
            """{"workspace":"other","delivery":"dlv_1","event":"evt_1","accepted_at":"2026-11-20T12:00:00Z","connection":"con_1","rule":"rul_1","attempt":1,"position":"1"}"""u8.ToArray(),
        ];
        foreach (var body in unreadable)
            await channel.BasicPublishAsync("", queue, body, Stop);
        await Queues.Put(Some.Dispatches("acme", 1, from: 1), Stop);

        await Queues.Open(["acme"], Stop);
        Assert.Equal([0, 1], (await Queues.TakeAndAck(2, Stop)).Select(dispatch => dispatch.Number()));

        var dead = $"{_options.Prefix}.ws.acme.dead";
        await Broker.EventuallyHolds(_options, dead, 3);
        var first = await channel.BasicGetAsync(dead, autoAck: true, Stop);
        Assert.Equal(unreadable[0], first!.Body.ToArray());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_queue_that_exists_with_other_arguments_is_used_as_it_is()
    {
        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        var other = new Dictionary<string, object?> { ["x-max-length"] = 1000 };
        await channel.QueueDeclareAsync($"{_options.Prefix}.ws.acme.dispatch", durable: true, exclusive: false, autoDelete: false, other, cancellationToken: Stop);

        await Queues.Put(Some.Dispatches("acme", 3), Stop);
        await Queues.Open(["acme"], Stop);

        Assert.Equal(3, (await Queues.TakeAndAck(3, Stop)).Count);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task The_message_is_persistent_and_carries_the_trace_as_a_header()
    {
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await Queues.Put([Some.Dispatches("acme", 1)[0] with { TraceParent = trace }], Stop);

        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        var message = await channel.BasicGetAsync($"{_options.Prefix}.ws.acme.dispatch", autoAck: true, Stop);

        Assert.True(message!.BasicProperties.Persistent);
        Assert.Equal(trace, System.Text.Encoding.ASCII.GetString((byte[])message.BasicProperties.Headers!["traceparent"]!));
        Assert.Equal(
            """{"workspace":"acme","delivery":"dlv_acme_0","event":"evt_0","accepted_at":"2026-11-20T12:00:00+00:00","connection":"con_1","rule":"rul_1","attempt":1,"position":"0"}""",
            System.Text.Encoding.UTF8.GetString(message.Body.Span));
    }

    /// <summary>A fixture, so that the time the broker takes to start is not the first test's.</summary>
    public sealed class SharedBroker : IAsyncLifetime
    {
        public string Uri { get; private set; } = "";

        public async ValueTask InitializeAsync() => Uri = (await RabbitMqServer.Shared).Uri;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
