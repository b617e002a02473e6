using EventMesh.Messaging;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

/// <summary>What both transports promise. Each runs all of it.</summary>
public abstract class DispatchQueuesContract : IAsyncLifetime
{
    protected const int Prefetch = 64;

    private readonly List<IDispatchQueues> _nodes = [];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected IDispatchQueues Queues { get; private set; } = null!;

    protected abstract IDispatchQueues NewNode();

    /// <summary>Turns another workspace may have beyond its own while the ten of a short line are served.</summary>
    protected virtual int PauseMax => 0;

    public virtual async ValueTask InitializeAsync()
    {
        Queues = Node();
        await Queues.Open([], Stop);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();

        GC.SuppressFinalize(this);
    }

    protected IDispatchQueues Node()
    {
        var node = NewNode();
        _nodes.Add(node);
        return node;
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Within_a_workspace_the_order_is_that_of_the_puts_even_when_none_is_awaited()
    {
        var puts = Enumerable.Range(0, 100).Select(put => Queues.Put(Some.Dispatches("acme", 10, from: put * 10), Stop)).ToArray();

        var taken = await Queues.TakeAndAck(1000, Stop);

        Assert.Equal(Enumerable.Range(0, 1000), taken.Select(dispatch => dispatch.Number()));
        await Task.WhenAll(puts).WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_workspace_that_has_ended_is_waited_for_by_nobody_and_handed_out_no_more()
    {
        // Some are in a worker's hands, and the others wait.
        var put = Queues.Put(Some.Dispatches("leaving", Prefetch * 2), Stop);
        var taken = await Queues.Take(1, Stop);
        Queues.End("leaving");
        await Queues.Delete("leaving", Stop);
        await Queues.Delete("leaving", Stop);
        foreach (var received in taken) await received.Ack();

        await put.WaitAsync(Stop);
        await Queues.Put(Some.Dispatches("leaving", 5), Stop).WaitAsync(Stop);
        var staying = Queues.Put(Some.Dispatches("staying", 10), Stop);
        Assert.All(await Queues.TakeAndAck(10, Stop), d => Assert.Equal("staying", d.Workspace));
        await staying.WaitAsync(Stop);
        Assert.Equal(0, await Queues.CountWaiting("leaving", Stop));
        Assert.False(Queues.Lost.TryRead(out _));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task What_is_taken_is_what_was_put()
    {
        var put = Some.Dispatches("acme", 1)[0] with { TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
        var bare = Some.Dispatches("acme", 1)[0] with { TraceParent = null };

        var done = Queues.Put([put, bare], Stop);

        Assert.Equal([put, bare], await Queues.TakeAndAck(2, Stop));
        await done.WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_short_line_is_served_in_turns_with_a_long_one()
    {
        var flood = Queues.Put(Some.Dispatches("flooding", 10_000), Stop);
        await Queues.TakeAndAck(1, Stop);
        var quiet = Queues.Put(Some.Dispatches("quiet", 10), Stop);

        var flooding = 1;
        var betweenQuietOnes = 0;
        var served = 0;
        while (served + flooding < 10_010)
        {
            foreach (var received in await Queues.Take(4, Stop))
            {
                await received.Ack();
                if (received.Dispatch.Workspace == "quiet")
                    served++;
                else
                    flooding++;

                if (served is > 0 and < 10)
                    betweenQuietOnes++;
            }
        }

        // From its first turn on every second one is quiet's.
        Assert.InRange(betweenQuietOnes, 9, 19 + PauseMax);
        await Task.WhenAll(flood, quiet).WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task No_workspace_has_more_unsettled_than_the_prefetch_limit()
    {
        _ = Queues.Put(Some.Dispatches("greedy", Prefetch + 10), Stop);
        var held = await Queues.TakeUnsettled(Prefetch, Stop);
        _ = Queues.Put(Some.Dispatches("other", 1), Stop);

        var next = await Queues.Take(10, Stop);
        Assert.Equal("other", Assert.Single(next).Dispatch.Workspace);

        await held[0].Ack();
        Assert.Equal(Prefetch, Assert.Single(await Queues.Take(10, Stop)).Dispatch.Number());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_requeued_dispatch_comes_back_after_its_delay_and_holds_up_no_other()
    {
        // Where the others were not taken before the delay was over, the machine was too slow for it to say anything: again, with a longer one.
        for (var delay = TimeSpan.FromMilliseconds(300); ; delay *= 4)
        {
            _ = Queues.Put(Some.Dispatches("acme", 3), Stop);
            var first = (await Queues.TakeUnsettled(1, Stop))[0];
            var clock = TimeProvider.System.GetTimestamp();

            await first.Requeue(delay);

            var others = await Queues.TakeAndAck(2, Stop);
            var early = TimeProvider.System.GetElapsedTime(clock) < delay;
            var last = Assert.Single(await Queues.TakeAndAck(1, Stop));
            Assert.True(TimeProvider.System.GetElapsedTime(clock) >= delay - TimeSpan.FromMilliseconds(20));
            if (!early) continue;
            Assert.Equal([1, 2, 0], others.Append(last).Select(dispatch => dispatch.Number()));
            return;
        }
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Dispatches_set_aside_do_not_use_up_the_prefetch_limit()
    {
        _ = Queues.Put(Some.Dispatches("acme", Prefetch * 3), Stop);

        foreach (var received in await Queues.TakeUnsettled(Prefetch * 2, Stop, received => received.Requeue(TimeSpan.FromMinutes(10))))
            Assert.InRange(received.Dispatch.Number(), 0, (Prefetch * 2) - 1);

        var rest = await Queues.TakeAndAck(Prefetch, Stop);
        Assert.Equal(Enumerable.Range(Prefetch * 2, Prefetch), rest.Select(dispatch => dispatch.Number()));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_dispatch_requeued_without_delay_comes_before_those_that_wait()
    {
        _ = Queues.Put(Some.Dispatches("acme", Prefetch * 2), Stop);
        var held = await Queues.TakeUnsettled(Prefetch, Stop);

        await held[0].Requeue(TimeSpan.Zero);

        Assert.Equal(0, Assert.Single(await Queues.TakeUnsettled(1, Stop)).Dispatch.Number());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Settling_twice_is_refused()
    {
        _ = Queues.Put(Some.Dispatches("acme", 1), Stop);
        var received = (await Queues.TakeUnsettled(1, Stop))[0];
        await received.Ack();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await received.Ack());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await received.Requeue());
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Thousands_of_workspaces_are_served()
    {
        const int count = 2000;
        var workspaces = Enumerable.Range(0, count).Select(n => $"tenant-{n}").ToArray();
        await Queues.Open(workspaces, Stop);
        await Queues.Open(workspaces, Stop);

        var put = Queues.Put([.. workspaces.Select(workspace => Some.Dispatches(workspace, 1)[0])], Stop);

        var taken = await Queues.TakeAndAck(count, Stop);
        Assert.Equal(workspaces.Order(), taken.Select(dispatch => dispatch.Workspace).Order());
        await put.WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_cancelled_take_loses_nothing()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var taking = Queues.Take(1, patience.Token).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);

        _ = Queues.Put(Some.Dispatches("acme", 1), Stop);
        Assert.Single(await Queues.TakeAndAck(1, Stop));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task A_cancelled_put_throws_and_nothing_else()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Queues.Put(Some.Dispatches("acme", 1), cancelled.Token));
        await Queues.Put([], Stop).WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Disposal_ends_every_wait()
    {
        var node = Node();
        var taking = node.Take(1, Stop).AsTask();

        await node.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Put(Some.Dispatches("acme", 1), Stop));
    }
}
