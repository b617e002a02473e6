using EventMesh.Messaging;
using EventMesh.Messaging.RabbitMq;
using EventMesh.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>A queue has consumers while its workspace is active, and is found when it holds something. Times are short here: a minute's quiet is a fraction of a second.</summary>
public sealed class RabbitMqIdleTests(RabbitMqQueuesTests.SharedBroker broker) : IClassFixture<RabbitMqQueuesTests.SharedBroker>, IAsyncDisposable
{
    private const int Prefetch = 64;

    private readonly RabbitMqOptions _options = Broker.Options(broker.Uri, Prefetch) with
    {
        ListenFor = TimeSpan.FromMilliseconds(400),
        AnnounceEvery = TimeSpan.FromMilliseconds(80),
    };

    private readonly List<RabbitMqQueues> _nodes = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Quiet_workspaces_have_a_queue_and_no_consumer()
    {
        var workspaces = Enumerable.Range(0, 20).Select(n => $"tenant-{n}").ToArray();
        var (one, other, putting) = (await Taking(), await Taking(), Node());
        await putting.Put([.. workspaces.Select(workspace => Some.Dispatches(workspace, 1)[0])], Stop);
        using var seen = new SemaphoreSlim(0);
        _ = AckAll(one, () => seen.Release());
        _ = AckAll(other, () => seen.Release());
        foreach (var _ in workspaces)
            await seen.WaitAsync(Stop);

        foreach (var workspace in workspaces)
            await Broker.EventuallyHasConsumers(_options, workspace, 0);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Workspaces_that_never_had_anything_have_no_queue_and_those_that_wait_are_found()
    {
        var all = Enumerable.Range(0, 300).Select(n => $"tenant-{n}").ToArray();
        var waiting = all.Where((_, n) => n % 20 == 0).ToArray();
        await Node().Put([.. waiting.Select(workspace => Some.Dispatches(workspace, 1)[0])], Stop);
        var asked = 0;
        var lookedOnce = new TaskCompletionSource();
        var node = Node();

        await node.Open(_ =>
        {
            if (++asked == 2)
                lookedOnce.SetResult();
            return Task.FromResult<IReadOnlyCollection<string>>(all);
        }, Stop);

        var taken = await node.TakeAndAck(waiting.Length, Stop);
        Assert.Equal(waiting.Order(), taken.Select(dispatch => dispatch.Workspace).Order());
        await lookedOnce.Task.WaitAsync(Stop);
        foreach (var workspace in all.Except(waiting).Take(50))
            Assert.Null(await Broker.Consumers(_options, workspace));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_came_to_a_quiet_workspace_unannounced_is_found_when_the_node_is_back()
    {
        var server = await RabbitMqServer.Shared;
        var node = Node();
        await node.Open(["acme", "other"], Stop);
        await Node().Put(Some.Dispatches("acme", 1), Stop);
        await node.TakeAndAck(1, Stop);
        await Broker.EventuallyHasConsumers(_options, "acme", 0);
        await PutUnannounced("acme", Some.Dispatches("other", 1)[0] with { Workspace = "acme" });

        foreach (var connection in (await server.Ctl("list_connections", "--silent", "pid", "client_properties")).Split('\n').Where(line => line.Contains($"{_options.Prefix} consumer", StringComparison.Ordinal)))
            await server.Ctl("close_connection", connection.Split('\t')[0], "cut by the test");

        Assert.Equal("dlv_other_0", Assert.Single(await node.TakeAndAck(1, Stop)).Delivery);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_a_node_holds_for_long_goes_to_another_when_it_ends()
    {
        var (failing, putting) = (await Taking(), Node());
        var (held, handedOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _ = Take(failing, received => received.Dispatch.Workspace == "held" && held.TrySetResult() ? ValueTask.CompletedTask : received.Ack());
        await putting.Put(Some.Dispatches("held", 1), Stop);
        await held.Task.WaitAsync(Stop);
        var other = await Taking();
        _ = Take(other, received =>
        {
            if (received.Dispatch.Workspace == "held")
                handedOn.SetResult();
            return received.Ack();
        });
        await Broker.EventuallyHasConsumers(_options, "held", 2);
        await putting.Put(Some.Dispatches("quiet", 1), Stop);
        await Broker.EventuallyHasConsumers(_options, "quiet", 2);
        await Broker.EventuallyHasConsumers(_options, "quiet", 0);
        Assert.Equal(2u, await Broker.Consumers(_options, "held"));

        await failing.DisposeAsync();

        await handedOn.Task.WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Nothing_is_lost_while_consumers_come_and_go_under_trickling_traffic()
    {
        // Listening for less than announcements are apart: a message may come to a queue that was just left, under an announcement of before.
        var options = _options with { ListenFor = TimeSpan.FromMilliseconds(10), AnnounceEvery = TimeSpan.FromMilliseconds(40) };
        var (one, other, putting) = (await Taking(options), await Taking(options), Node(options));
        using var arrived = new SemaphoreSlim(0);
        _ = AckAll(one, () => arrived.Release());
        _ = AckAll(other, () => arrived.Release());

        // With more workspaces in the round each is quiet for longer before its next turn: for less than a node listens, for as long, for more.
        for (var (round, number) = (1, 0); round <= 30; round++)
        {
            for (var turn = 0; turn < round; turn++)
            {
                await putting.Put(Some.Dispatches($"tenant-{turn}", 1, from: number++), Stop);
                await arrived.WaitAsync(Stop);
            }
        }
    }

    private RabbitMqQueues Node(RabbitMqOptions? options = null)
    {
        var node = Broker.Node(options ?? _options);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node that listens: it looks for what waits only then.</summary>
    private async Task<RabbitMqQueues> Taking(RabbitMqOptions? options = null)
    {
        var (node, listens) = (Node(options), new TaskCompletionSource());
        await node.Open(_ =>
        {
            listens.TrySetResult();
            return Task.FromResult<IReadOnlyCollection<string>>([]);
        }, Stop);
        await listens.Task.WaitAsync(Stop);
        return node;
    }

    private static Task AckAll(RabbitMqQueues node, Action then) => Take(node, async received =>
    {
        await received.Ack();
        then();
    });

    private static async Task Take(RabbitMqQueues node, Func<Received, ValueTask> each)
    {
        while (!Stop.IsCancellationRequested)
        {
            foreach (var received in await node.Take(16, Stop))
                await each(received);
        }
    }

    private async Task PutUnannounced(string workspace, Dispatch dispatch)
    {
        await using var raw = await Broker.Connect(_options);
        await using var channel = await raw.CreateChannelAsync(cancellationToken: Stop);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"workspace":"{{dispatch.Workspace}}","delivery":"{{dispatch.Delivery}}","event":"evt_0","accepted_at":"2026-11-20T12:00:00+00:00","connection":"con_1","rule":"rul_1","attempt":1,"position":"0"}""");
        await channel.BasicPublishAsync("", $"{_options.Prefix}.ws.{workspace}.dispatch", body, Stop);
    }
}
