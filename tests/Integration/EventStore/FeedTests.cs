using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Servers;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class FeedTests : IAsyncLifetime
{
    private const string RawSql = """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
        values (nextval('mt_events_sequence'), gen_random_uuid(), $1, $2, '{}', 'raw', now(), 'acme', false)
        """;

    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("feed");
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task Followed_while_transactions_commit_out_of_order_it_has_every_event_once_in_one_order()
    {
        using var stop = new CancellationTokenSource();
        var committed = 0;
        var follower = Task.Run(() => Follow(() => Volatile.Read(ref committed), stop.Token));

        // Raw transactions: each takes its sequence numbers at once and commits after some others, in an order that has nothing to do with them.
        // Between them the store appends; and some roll back, which leaves holes in the sequence for ever.
        var raw = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var chance = new Random(writer);
            for (var round = 0; round < 25; round++)
            {
                await using var connection = await opened.Connect();
                await using var transaction = await connection.BeginTransactionAsync();
                var events = chance.Next(1, 4);
                for (var n = 1; n <= events; n++)
                {
                    await Opened.Run(connection, RawSql, $"raw-{writer}-{round}", (long)n);
                    // As long as other round trips take: the transactions overlap in every order.
                    for (var spun = chance.Next(6); spun > 0; spun--) await Opened.Ask(connection, "select count(*) from pg_class");
                }
                if (chance.Next(5) == 0) { await transaction.RollbackAsync(); continue; }
                await transaction.CommitAsync();
                Interlocked.Add(ref committed, events);
            }
        }));
        var appended = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                await opened.Append("zeta", $"app-{writer}", round * 2, Opened.Events(2));
                Interlocked.Add(ref committed, 2);
            }
        }));
        await Task.WhenAll([.. raw, .. appended]);
        await stop.CancelAsync();
        var followed = await follower;

        var again = await opened.Feed(page: 7);
        Assert.Equal(committed, followed.Count);
        Assert.Equal(again.Select(e => e.Position), followed.Select(e => e.Position));
        Assert.Equal(followed.Select(e => e.Position).Distinct().Order(), followed.Select(e => e.Position));
        foreach (var stream in followed.GroupBy(e => (e.Workspace, e.Stream)))
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Select(e => e.Version));
    }

    /// <summary>Reads on from where the last page ended, until it has read as many events as there are after <paramref name="stop"/>.</summary>
    private async Task<List<StoredEvent>> Follow(Func<int> total, CancellationToken stop)
    {
        var events = new List<StoredEvent>();
        var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        var tempo = new Tempo(opened.Store, TimeSpan.Zero);
        for (var at = Position.Start; !stop.IsCancellationRequested || events.Count < total();)
        {
            Assert.True(DateTime.UtcNow < deadline, $"Read {events.Count} of {total()} events.");
            tempo.Look();
            var page = await opened.Store.ReadFeed(at, 11, stop: CancellationToken.None);
            Assert.All(page.Events, e => Assert.True(e.Position > at && e.Position <= page.UpTo));
            events.AddRange(page.Events);
            at = page.UpTo;
            await tempo.Pause(page, CancellationToken.None);
        }
        return events;
    }

    [Fact]
    public async Task What_another_node_appends_wakes_whoever_waits_even_when_it_becomes_readable_late()
    {
        await using var other = await Opened.On(opened.Database);
        var tempo = new Tempo(opened.Store, TimeSpan.Zero, longest: TimeSpan.FromHours(1));
        var at = Position.Start;
        foreach (var held in new[] { false, true })
        {
            await using var slow = await opened.Connect();
            if (held) await Opened.Run(slow, "begin; select pg_current_xact_id()");
            await other.Append("acme", $"elsewhere-{held}", 0, Opened.Event());
            if (held) await Opened.Run(slow, "commit");
            for (var found = false; !found;)
            {
                tempo.Look();
                var page = await opened.Store.ReadFeed(at, 10);
                (at, found) = (page.UpTo, page.Events.Count > 0);
                if (!found) await tempo.Pause(page, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            }
        }
    }

    [Fact]
    public async Task Nothing_after_a_transaction_that_is_still_open_is_read_before_it_ends()
    {
        await opened.Append("acme", "before", 0, Opened.Event());
        await using var slow = await opened.Connect();
        await Opened.Run(slow, "begin");
        await Opened.Run(slow, RawSql, "slow", 1L);
        await opened.Append("acme", "after", 0, Opened.Event());

        await Eventually.True(async () => (await opened.Store.ReadFeed(Position.Start, 10)).Events.Count > 0, TimeSpan.FromSeconds(60), "the first event to be readable");
        var page = await opened.Store.ReadFeed(Position.Start, 10);
        Assert.Equal(["before"], page.Events.Select(e => e.Stream));
        Assert.True(page.Pending);
        Assert.Equal(["before"], (await opened.Store.For("acme").ReadFeed(Position.Start, 10)).Select(e => e.Stream));

        await Opened.Run(slow, "commit");
        await opened.CatchUp();
        Assert.Equal(["slow", "after"], (await opened.Store.ReadFeed(page.UpTo, 10)).Events.Select(e => e.Stream));
    }

    [Fact]
    public async Task An_append_that_counts_on_a_version_of_the_future_keeps_the_order_of_its_stream()
    {
        // Sixteen callers who expect the version after the one that is being written: whoever gets through must come later in the feed too.
        await opened.Append("acme", "s", 0, Opened.Event());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var version = 1; version <= 40; version++)
            {
                try { await opened.Append("acme", "s", version, Opened.Event()); }
                catch (VersionConflict) { continue; }
            }
        })));
        var feed = await opened.Feed();
        Assert.Equal(Enumerable.Range(1, feed.Count).Select(n => (long)n), feed.Select(e => e.Version));
    }

    [Fact]
    public async Task A_foreign_transaction_that_would_turn_a_stream_s_order_around_is_refused_and_told_to_try_again()
    {
        await opened.Append("acme", "s", 0, Opened.Event());
        await using var early = await opened.Connect();
        await Opened.Run(early, "begin; select pg_current_xact_id()");
        await opened.Append("acme", "s", 1, Opened.Event());

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Opened.Run(early, RawSql, "s", 3L));
        Assert.Equal(PostgresErrorCodes.SerializationFailure, refusal.SqlState);

        await Opened.Run(early, "rollback");
        Assert.Equal(1, await Opened.Run(early, RawSql, "s", 3L));
    }

    [Fact]
    public async Task A_foreign_writer_cannot_choose_its_place_in_the_order()
    {
        await opened.Append("acme", "first", 0, Opened.Event());
        await using var direct = await opened.Connect();
        await Opened.Run(direct, RawSql.Replace("is_archived)", "is_archived, xid)").Replace("false)", "false, '1')"), "second", 1L);
        Assert.Equal(["first", "second"], (await opened.Feed()).Select(e => e.Stream));
    }

    [Fact]
    public async Task Read_by_type_it_passes_over_the_others_and_says_how_far_it_has_come()
    {
        for (var i = 0; i < 20; i++) await opened.Append("acme", $"s{i}", 0, Opened.Event(type: i % 4 == 0 ? "wanted" : "other"));

        await opened.CatchUp();
        var page = await opened.Store.ReadFeed(Position.Start, 100, ["wanted"]);

        Assert.Equal(["s0", "s4", "s8", "s12", "s16"], page.Events.Select(e => e.Stream));
        Assert.False(page.Full);
        Assert.True(page.UpTo >= (await opened.Feed())[^1].Position);
    }

    [Fact]
    public async Task A_page_that_is_just_full_is_followed_by_an_empty_one()
    {
        await opened.Append("acme", "s", 0, Opened.Events(10));
        await opened.CatchUp();
        var page = await opened.Store.ReadFeed(Position.Start, 10);
        Assert.True(page.Full);
        Assert.Equal(page.Events[^1].Position, page.UpTo);
        page = await opened.Store.ReadFeed(page.UpTo, 10);
        Assert.Empty(page.Events);
        Assert.False(page.Full);
    }

    [Fact]
    public async Task Newest_first_it_goes_back_page_by_page()
    {
        for (var i = 0; i < 10; i++) await opened.Append(i % 2 == 0 ? "acme" : "zeta", $"s{i}", 0, Opened.Event());
        var first = await opened.Store.For("acme").ReadNewest("thing_happened", null, 3);
        var second = await opened.Store.For("acme").ReadNewest("thing_happened", first[^1].Position, 3);
        Assert.Equal(["s8", "s6", "s4", "s2", "s0"], first.Concat(second).Select(e => e.Stream));
        Assert.Empty(await opened.Store.For("acme").ReadNewest("nothing", null, 3));
    }
}
