using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class GroupCommitTests : IAsyncLifetime
{
    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("groups", lanes: 1);
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task A_caller_that_gives_up_before_its_turn_leaves_nothing_behind()
    {
        await opened.Append("acme", "held", 0, Opened.Event());
        await using var blocker = await opened.Connect();
        await Opened.Run(blocker, "begin; select * from mt_streams where id = 'held' for update");
        // The only lane waits for that row, so what comes next waits for the lane.
        var first = opened.Append("acme", "held", 1, Opened.Event());
        await WaitsForALock();

        using var stop = new CancellationTokenSource();
        var givenUp = opened.Store.For("acme").Append("given-up", "thing", 0, [Opened.Event()], Opened.Now, stop: stop.Token);
        var patient = opened.Append("acme", "patient", 0, Opened.Event());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.False(patient.IsCompleted);

        await Opened.Run(blocker, "commit");
        await first;
        await patient;
        Assert.Equal(0, (await opened.Store.For("acme").ReadStream("given-up")).Version);
    }

    [Fact]
    public async Task Closing_the_store_answers_everybody_who_waits()
    {
        await opened.Append("acme", "held", 0, Opened.Event());
        await using var blocker = await opened.Connect();
        await Opened.Run(blocker, "begin; select * from mt_streams where id = 'held' for update");
        var waiting = Enumerable.Range(0, 20).Select(i => opened.Append("acme", i == 0 ? "held" : $"s{i}", i == 0 ? 1 : 0, Opened.Event())).ToArray();
        await WaitsForALock();

        var closing = opened.Store.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<StoreUnavailable>(() => opened.Append("acme", "late", 0, Opened.Event()));
        Assert.False(closing.IsCompleted);

        await Opened.Run(blocker, "commit");
        await Task.WhenAll(waiting);
        await closing;
    }

    [Fact]
    public async Task Who_finds_the_queue_full_waits_for_a_place()
    {
        await using var store = await Store.Open(new StoreOptions(opened.Database, Lanes: 1, WaitingMax: 4), EventTypes.Of());
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => store.For("acme").Append($"q{i}", "thing", 0, [Opened.Event()], Opened.Now)));
        Assert.Equal(300, (await opened.Feed()).Count);
    }

    [Fact]
    public async Task Appends_of_one_caller_to_one_stream_are_written_in_the_order_they_were_made()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => opened.Append("acme", "s", i, Opened.Event($$"""{"n":{{i}}}"""))));
        Assert.Equal(200, (await opened.Store.For("acme").ReadStream("s")).Version);
    }

    [Fact]
    public async Task A_session_that_the_server_ended_is_replaced_without_its_callers_noticing()
    {
        await opened.Append("acme", "s", 0, Opened.Event());
        await opened.Store.For("acme").ReadStream("s");
        await using var administrator = await opened.Connect();
        Assert.Equal(1L, await Opened.Ask(administrator, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = 'eventmesh_append'"));

        await opened.Append("acme", "s", 1, Opened.Event());
        Assert.Equal(2, (await opened.Store.For("acme").ReadStream("s")).Version);
    }

    private async Task WaitsForALock()
    {
        await using var administrator = await opened.Connect();
        await Eventually.True(
            async () => await Opened.Ask(administrator, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") is > 0L,
            TimeSpan.FromSeconds(10), "the append to wait for the row");
    }
}
