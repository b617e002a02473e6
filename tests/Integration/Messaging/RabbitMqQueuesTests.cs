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

    /// <summary>A fixture, so that the time the broker takes to start is not the first test's.</summary>
    public sealed class SharedBroker : IAsyncLifetime
    {
        public string Uri { get; private set; } = "";

        public async ValueTask InitializeAsync() => Uri = (await RabbitMqServer.Shared).Uri;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
