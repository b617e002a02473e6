using System.Net;
using System.Net.Sockets;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class NameLookupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_wait_for_a_name_it_is_asked_for_once_on_a_thread_of_its_own()
    {
        using var answers = new SemaphoreSlim(0);
        var asked = 0;
        var fromPool = false;
        var lookup = new NameLookup(host =>
        {
            asked++;
            fromPool |= Thread.CurrentThread.IsThreadPoolThread;
            answers.Wait(Stop);
            return [IPAddress.Loopback];
        });

        var waiting = Enumerable.Range(0, 100).Select(_ => lookup.Resolve("slow.example", Stop)).ToArray();
        answers.Release();
        Assert.All(await Task.WhenAll(waiting), found => Assert.Equal([IPAddress.Loopback], found));
        Assert.Equal((1, false), (asked, fromPool));

        answers.Release();
        await lookup.Resolve("slow.example", Stop);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_slow_name_does_not_hold_up_another()
    {
        using var never = new ManualResetEventSlim();
        var lookup = new NameLookup(host =>
        {
            if (host == "slow.example") never.Wait(Stop);
            return [IPAddress.Loopback];
        });
        using var impatient = new CancellationTokenSource();

        var slow = lookup.Resolve("slow.example", impatient.Token);
        Assert.Single(await lookup.Resolve("quick.example", Stop));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        never.Set();
    }

    [Fact]
    public async Task A_failed_lookup_is_told_and_not_kept()
    {
        var asked = 0;
        var lookup = new NameLookup(_ => ++asked == 1 ? throw new SocketException((int)SocketError.HostNotFound) : [IPAddress.Loopback]);
        await Assert.ThrowsAsync<SocketException>(() => lookup.Resolve("new.example", Stop));
        Assert.Single(await lookup.Resolve("new.example", Stop));
    }
}
