using EventMesh.Messaging.RabbitMq;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>Nodes that put and nodes that take: one that was opened takes from every queue it hears of, so who puts here does not open.</summary>
public sealed class RabbitMqNodesTests(RabbitMqQueuesTests.SharedBroker broker) : IClassFixture<RabbitMqQueuesTests.SharedBroker>, IAsyncDisposable
{
    private const int Prefetch = 64;

    private readonly RabbitMqOptions _options = Broker.Options(broker.Uri, Prefetch);
    private readonly List<RabbitMqQueues> _nodes = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_put_completes_without_anyone_taking()
    {
        var putting = Node();
        await putting.Put(Some.Dispatches("acme", 10), Stop).WaitAsync(Stop);

        var later = Node();
        await later.Open(["acme"], Stop);
        Assert.Equal(10, (await later.TakeAndAck(10, Stop)).Count);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_node_that_takes_learns_of_a_workspace_when_another_node_puts()
    {
        var putting = Node();
        var worker = Node();
        var taking = worker.TakeAndAck(2, Stop);
        await putting.Put(Some.Dispatches("first", 1), Stop);
        await putting.Put(Some.Dispatches("second", 1), Stop);

        // The first may have been put before the worker listened, as any workspace may: that is what Open is for.
        await worker.Open(["first", "second"], Stop);
        Assert.Equal(["first", "second"], (await taking).Select(dispatch => dispatch.Workspace).Order());

        await putting.Put(Some.Dispatches("third", 1), Stop);
        Assert.Equal("third", Assert.Single(await worker.TakeAndAck(1, Stop)).Workspace);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_a_node_did_not_acknowledge_another_takes_in_order()
    {
        var putting = Node();
        await putting.Put(Some.Dispatches("acme", 100), Stop);
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
    public async Task The_message_is_persistent_and_carries_the_trace_as_a_header()
    {
        var putting = Node();
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await putting.Put([Some.Dispatches("acme", 1)[0] with { TraceParent = trace }], Stop);

        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        var message = await channel.BasicGetAsync($"{_options.Prefix}.ws.acme.dispatch", autoAck: true, Stop);

        Assert.True(message!.BasicProperties.Persistent);
        Assert.Equal(trace, System.Text.Encoding.ASCII.GetString((byte[])message.BasicProperties.Headers!["traceparent"]!));
        Assert.Equal(
            """{"workspace":"acme","delivery":"dlv_acme_0","event":"evt_0","accepted_at":"2026-11-20T12:00:00+00:00","connection":"con_1","rule":"rul_1","attempt":1,"position":"0","version":-1}""",
            System.Text.Encoding.UTF8.GetString(message.Body.Span));
    }

    private RabbitMqQueues Node()
    {
        var node = Broker.Node(_options);
        _nodes.Add(node);
        return node;
    }
}
