using EventMesh.Api.Jose;
using EventMesh.Api.Trust;
using Xunit;

namespace EventMesh.Tests.Unit.Trust;

public sealed class KeptKeysTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly ManualClock clock = new();
    private readonly Queue<TaskCompletionSource<JwkSet?>> asked = new();
    private readonly SemaphoreSlim asking = new(0);
    private readonly KeptKeys keys;

    public KeptKeysTests() => keys = new(Ask, clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_one_fetch_is_under_way()
    {
        Task<JwkSet?>[] all = [.. Enumerable.Range(0, 20).Select(_ => keys.Get(Stop).AsTask())];
        var set = await Answer(new JwkSet());
        Assert.All(await Task.WhenAll(all), got => Assert.Same(set, got));
        Assert.Same(set, await keys.Get(Stop));
        Assert.Equal(0, asking.CurrentCount);
    }

    [Fact]
    public async Task Who_goes_away_does_not_take_the_fetch_with_them()
    {
        using var gone = new CancellationTokenSource();
        var first = keys.Get(gone.Token).AsTask();
        var second = keys.Get(Stop).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Same(await Answer(new JwkSet()), await second);
    }

    [Fact]
    public async Task Keys_of_ten_minutes_are_used_while_newer_ones_are_fetched()
    {
        var old = await First();
        clock.Move(KeptKeys.RefreshAfter - Moment);
        Assert.Same(old, await keys.Get(Stop));
        Assert.Equal(0, asking.CurrentCount);
        clock.Move(Moment);
        Assert.Same(old, await keys.Get(Stop));
        var newer = await Answer(new JwkSet());
        Assert.Same(newer, await keys.GetNewer(old, Stop));
    }

    [Fact]
    public async Task Keys_of_an_hour_are_used_no_more()
    {
        var old = await First();
        clock.Move(KeptKeys.OldestUsed - Moment);
        Assert.Same(old, await keys.Get(Stop));
        clock.Move(Moment);
        var none = keys.Get(Stop).AsTask();
        Assert.False(none.IsCompleted);
        await Answer(null);
        Assert.Null(await none);
    }

    [Fact]
    public async Task After_a_failure_nobody_is_asked_for_five_seconds()
    {
        var none = keys.Get(Stop).AsTask();
        await Answer(null);
        Assert.Null(await none);
        clock.Move(KeptKeys.RetryAfter - Moment);
        Assert.Null(await keys.Get(Stop));
        Assert.Equal(0, asking.CurrentCount);
        clock.Move(Moment);
        var some = keys.Get(Stop).AsTask();
        Assert.Same(await Answer(new JwkSet()), await some);
    }

    [Fact]
    public async Task For_a_key_that_is_not_known_it_asks_at_once_and_then_every_thirty_seconds()
    {
        var old = await First();
        var newer = keys.GetNewer(old, Stop).AsTask();
        var second = await Answer(new JwkSet());
        Assert.Same(second, await newer);
        // Whoever was looking in the old ones gets those.
        Assert.Same(second, await keys.GetNewer(old, Stop));
        clock.Move(KeptKeys.NewerApart - Moment);
        Assert.Same(second, await keys.GetNewer(second!, Stop));
        Assert.Equal(0, asking.CurrentCount);
        clock.Move(Moment);
        newer = keys.GetNewer(second!, Stop).AsTask();
        await Answer(null);
        Assert.Same(second, await newer);
    }

    private async Task<JwkSet> First()
    {
        var first = keys.Get(Stop).AsTask();
        await Answer(new JwkSet());
        return (await first)!;
    }

    private Task<JwkSet?> Ask()
    {
        var answer = new TaskCompletionSource<JwkSet?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (asked) asked.Enqueue(answer);
        asking.Release();
        return answer.Task;
    }

    private async Task<JwkSet?> Answer(JwkSet? set)
    {
        await asking.WaitAsync(Stop);
        lock (asked) asked.Dequeue().SetResult(set);
        return set;
    }

    private sealed class ManualClock : TimeProvider
    {
        private long ticks = TimeSpan.TicksPerDay;

        public void Move(TimeSpan by) => ticks += by.Ticks;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => ticks;
    }
}
