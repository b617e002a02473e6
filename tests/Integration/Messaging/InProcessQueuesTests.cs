using EventMesh.Messaging;
using Xunit;

namespace EventMesh.Tests.Integration.Messaging;

public sealed class InProcessQueuesTests : DispatchQueuesContract
{
    protected override IDispatchQueues NewNode() => new InProcessQueues(TimeProvider.System, Prefetch);

    [Fact(Timeout = Broker.Patience)]
    public async Task A_put_completes_when_its_last_dispatch_is_acknowledged()
    {
        var put = Queues.Put(Some.Dispatches("acme", 2), Stop);
        var held = await Queues.TakeUnsettled(2, Stop);

        await held[1].Ack();
        Assert.False(put.IsCompleted);

        await held[0].Requeue(TimeSpan.Zero);
        Assert.False(put.IsCompleted);

        await Queues.TakeAndAck(1, Stop);
        await put.WaitAsync(Stop);
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task One_take_is_shared_out_over_the_workspaces_that_wait()
    {
        _ = Queues.Put(Some.Dispatches("flooding", 10_000), Stop);
        _ = Queues.Put(Some.Dispatches("quiet", 10), Stop);
        _ = Queues.Put(Some.Dispatches("lone", 1), Stop);

        var taken = await Queues.Take(7, Stop);

        Assert.Equal(
            ["flooding", "quiet", "lone", "flooding", "quiet", "flooding", "quiet"],
            taken.Select(received => received.Dispatch.Workspace));
    }

    [Fact(Timeout = Broker.Patience)]
    public async Task Workspaces_that_have_become_quiet_hold_no_memory()
    {
        // A line each would hold 20 MB and more. What other tests hold meanwhile is measured, too: it comes and goes, and what is never let go is there every time.
        var held = new List<long>();
        while (held.Count < 5 && held.LastOrDefault(long.MaxValue) > 5_000_000) held.Add(await Held(held.Count * 100_000));
        Assert.True(held[^1] <= 5_000_000, $"{string.Join(", ", held)} bytes");

        async Task<long> Held(int first)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var from = first; from < first + 100_000; from += 1_000)
            {
                _ = Queues.Put([.. Enumerable.Range(from, 1_000).Select(n => Some.Dispatches($"tenant-{n}", 1)[0])], Stop);
                await Queues.TakeAndAck(1_000, Stop);
            }
            return GC.GetTotalMemory(forceFullCollection: true) - before;
        }
    }
}
