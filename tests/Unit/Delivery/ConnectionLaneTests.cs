using EventMesh.Delivery;
using EventMesh.Messaging;
using Xunit;

namespace EventMesh.Tests.Unit.Delivery;

public sealed class ConnectionLaneTests
{
    private const int AtOnce = 32;

    private readonly ManualClock clock = new();
    private readonly List<TaskCompletionSource> attempts = [];

    [Fact]
    public async Task No_more_than_its_number_run_at_once_and_the_rest_waits()
    {
        var lane = new ConnectionLane(clock);
        foreach (var received in await Dispatches(AtOnce + 10)) Assert.Null(lane.Enter(received, Attempt));

        await Started(AtOnce);
        Complete(3);
        await Started(AtOnce + 3);
    }

    [Fact]
    public async Task What_comes_on_top_of_a_lane_that_does_not_move_is_set_aside_to_come_back_one_after_another()
    {
        var lane = new ConnectionLane(clock);
        var dispatches = await Dispatches(2 * AtOnce + 3);
        foreach (var received in dispatches.Take(2 * AtOnce)) Assert.Null(lane.Enter(received, Attempt));
        clock.Advance(TimeSpan.FromSeconds(2));

        var comeBack = dispatches.Skip(2 * AtOnce).Select(d => lane.Enter(d, Attempt)).ToArray();

        Assert.All(comeBack, at => Assert.InRange(at!.Value, clock.GetUtcNow(), clock.GetUtcNow() + TimeSpan.FromSeconds(60)));
        Assert.True(comeBack[0] < comeBack[1] && comeBack[1] < comeBack[2]);
    }

    [Fact]
    public async Task A_lane_that_is_merely_busy_keeps_what_it_gets()
    {
        var lane = new ConnectionLane(clock);
        foreach (var received in await Dispatches(200)) Assert.Null(lane.Enter(received, Attempt));
        Assert.Empty(lane.Evict());
    }

    [Fact]
    public async Task What_waited_too_long_gives_its_place_away_but_the_next_in_line_stay()
    {
        var lane = new ConnectionLane(clock);
        foreach (var received in await Dispatches(200)) lane.Enter(received, Attempt);
        clock.Advance(TimeSpan.FromSeconds(2));

        var evicted = lane.Evict();

        Assert.Equal(200 - 2 * AtOnce, evicted.Count);
        Assert.Empty(lane.Evict());
    }

    [Fact]
    public async Task A_target_that_only_times_out_gets_two_at_once_until_it_answers()
    {
        var lane = new ConnectionLane(clock);
        for (var i = 0; i < 5; i++) lane.Ended(hung: true);
        var dispatches = await Dispatches(40);
        foreach (var received in dispatches) lane.Enter(received, Attempt);
        await Started(2);

        lane.Ended(hung: false);
        Complete(1);
        await Started(1 + AtOnce);
    }

    [Fact]
    public async Task A_lane_is_idle_only_when_nothing_runs_and_nothing_waits()
    {
        var lane = new ConnectionLane(clock);
        Assert.NotNull(lane.IdleSince);
        lane.Enter((await Dispatches(1))[0], Attempt);
        await Started(1);
        Assert.Null(lane.IdleSince);
    }

    private Task Attempt(Received received)
    {
        var attempt = new TaskCompletionSource();
        lock (attempts) attempts.Add(attempt);
        return attempt.Task;
    }

    private void Complete(int count)
    {
        TaskCompletionSource[] completed;
        lock (attempts) completed = [.. attempts.Where(a => !a.Task.IsCompleted).Take(count)];
        foreach (var attempt in completed) attempt.SetResult();
    }

    /// <summary>Waits until exactly so many attempts have begun.</summary>
    private async Task Started(int count)
    {
        // By time, not by number of looks: on a busy machine a thread that is to begin one may not run for a while.
        for (var waiting = System.Diagnostics.Stopwatch.StartNew(); waiting.Elapsed < TimeSpan.FromSeconds(30);)
        {
            lock (attempts) if (attempts.Count == count) return;
            await Task.Yield();
        }
        lock (attempts) Assert.Equal(count, attempts.Count);
    }

    private static async Task<IReadOnlyList<Received>> Dispatches(int count)
    {
        var queues = new InProcessQueues(TimeProvider.System, prefetch: count);
        _ = queues.Put([.. Enumerable.Range(0, count).Select(i => new Dispatch("acme", $"dlv_{i}", "evt_1", default, "con_1", "rul_1", 1, "0", null))], CancellationToken.None);
        return await queues.Take(count, CancellationToken.None);
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Advance(TimeSpan by) => now += by;
        public override DateTimeOffset GetUtcNow() => now;
        public override long GetTimestamp() => now.UtcTicks;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
