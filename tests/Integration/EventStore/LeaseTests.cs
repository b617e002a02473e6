using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class LeaseTests : IAsyncLifetime
{
    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("lease");
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task One_runner_holds_a_feed_s_lease_and_the_next_goes_on_where_it_ended()
    {
        var first = await FeedLease.Acquire(opened.Store, "fan_out", default);
        Assert.Equal(Position.Start, first.Checkpoint);
        await first.Save(new(7, 9), default);
        var second = FeedLease.Acquire(opened.Store, "fan_out", default);
        await (await FeedLease.Acquire(opened.Store, "another feed", default)).DisposeAsync();
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();
        await using var held = await second;
        Assert.Equal(new Position(7, 9), held.Checkpoint);
        Assert.Equal(new Position(7, 9), await FeedLease.CheckpointOf(opened.Store, "fan_out", default));
    }

    [Fact]
    public async Task Who_waits_for_a_lease_keeps_no_transaction_open()
    {
        await using var first = await FeedLease.Acquire(opened.Store, "fan_out", default);
        using var stop = new CancellationTokenSource();
        var second = FeedLease.Acquire(opened.Store, "fan_out", stop.Token);
        await using var administrator = await opened.Connect();

        await Eventually.True(async () => await Opened.Ask(administrator,
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'eventmesh_feed_lease' and state = 'idle' and query like '%pg_try_advisory_lock%'") is 1L,
            TimeSpan.FromSeconds(10), "the second runner to have asked for the lease and been refused");
        Assert.False(second.IsCompleted);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task A_runner_whose_session_was_ended_can_no_longer_move_the_checkpoint_and_another_takes_over()
    {
        await using var first = await FeedLease.Acquire(opened.Store, "fan_out", default);
        await first.Save(new(1, 1), default);
        var second = FeedLease.Acquire(opened.Store, "fan_out", default);
        await using var administrator = await opened.Connect();
        await Opened.Run(administrator, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())");

        await using var held = await second;
        await held.Save(new(2, 2), default);
        await Assert.ThrowsAsync<StoreUnavailable>(() => first.Save(new(9, 9), default));
        await Assert.ThrowsAsync<StoreUnavailable>(() => first.Save(new(9, 9), default));
        Assert.Equal(new Position(2, 2), await FeedLease.CheckpointOf(opened.Store, "fan_out", default));
    }

    [Fact]
    public async Task A_checkpoint_moves_with_what_was_written_in_its_transaction_or_not_at_all()
    {
        await using var lease = await FeedLease.Acquire(opened.Store, "fan_out", default);
        await using (await lease.Connection.BeginTransactionAsync()) await lease.Save(new(5, 5), default);
        Assert.Equal(Position.Start, await FeedLease.CheckpointOf(opened.Store, "fan_out", default));
    }
}
