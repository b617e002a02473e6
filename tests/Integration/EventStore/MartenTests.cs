using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Npgsql;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

/// <summary>Marten's own statements on our tables; as the superuser and under the role that a host on Marten gets.</summary>
public sealed class MartenTests : IAsyncLifetime
{
    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("marten");
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    public static TheoryData<string?> Roles => new((string?)null, "eventmesh_marten");

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task It_reads_what_we_wrote(string? role)
    {
        await opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event("""{"a":1}"""), Opened.Event()], Opened.Now);
        await using var connection = await opened.Connect(role, "acme");
        var marten = new MartenSession(connection, "acme");

        var state = await marten.StreamState("s");
        Assert.Equal(new("s", 2, "thing", Opened.Now.At, Opened.Now.At, false, 0), state);
        var events = await marten.FetchStream("s");
        Assert.Equal([1L, 2L], events.Select(e => e.Version));
        Assert.Equal(
            ("""{"a": 1}""", "thing_happened", "Things.Happened, Things", null, "acme", null, null, "key_1", false),
            (events[0].Data, events[0].Type, events[0].DotnetType, events[0].Binary, events[0].Tenant, events[0].CorrelationId, events[0].Headers, events[0].UserName, events[0].Archived));
        Assert.Equal(Opened.Now.At, events[0].Timestamp);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task It_begins_a_stream_and_we_go_on_and_it_goes_on(string? role)
    {
        await using var connection = await opened.Connect(role, "acme");
        var marten = new MartenSession(connection, "acme");

        Assert.True(await marten.SaveChanges("s", 0, 2));
        await opened.Append("acme", "s", 2, Opened.Event());
        Assert.True(await marten.SaveChanges("s", 3, 1));

        var read = await opened.Store.For("acme").ReadStream("s");
        Assert.Equal(4, read.Version);
        Assert.Equal(("marten", "corr"), (read.Events[0].Actor, read.Events[0].CorrelationId));
        Assert.Equal(4, (await marten.StreamState("s"))!.Version);
        Assert.Equal(4, (await opened.Feed()).Count);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Each_sees_the_conflicts_with_the_other(string? role)
    {
        await using var connection = await opened.Connect(role, "acme");
        var marten = new MartenSession(connection, "acme");
        Assert.True(await marten.SaveChanges("s", 0, 1));

        Assert.True((await Assert.ThrowsAsync<VersionConflict>(() => opened.Append("acme", "s", 0, Opened.Event()))).IsDuplicate);
        await opened.Append("acme", "s", 1, Opened.Event());
        Assert.False(await marten.SaveChanges("s", 1, 1));
        Assert.False(await marten.SaveChanges("s", 0, 1));
        Assert.Equal(2, (await opened.Store.For("acme").ReadStream("s")).Version);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Its_tombstones_and_progress_are_harmless(string? role)
    {
        await using var connection = await opened.Connect(role, "acme");
        var marten = new MartenSession(connection, "acme");
        await marten.EstablishTombstones(1_000);
        await opened.Append("acme", "s", 0, Opened.Event());

        Assert.Equal(1_000, await marten.HighWaterMark());
        Assert.Equal("1 1 1", string.Join(" ", await marten.Progress("Things:All")));
        Assert.Equal(["mt_tombstone", "s"], (await opened.Feed()).Select(e => e.Stream));
        await Assert.ThrowsAsync<VersionConflict>(() => opened.Append("acme", "mt_tombstone", 0, Opened.Event()));
    }

    [Fact]
    public async Task Its_daemon_pages_through_all_of_every_workspace()
    {
        await opened.Append("acme", "s", 0, Opened.Events(3));
        await opened.Append("zeta", "s", 0, Opened.Events(2));
        await using var connection = await opened.Connect();
        var marten = new MartenSession(connection, "acme");
        Assert.True(await marten.SaveChanges("m", 0, 1));

        var page = await marten.LoadPage(0, await marten.HighWaterMark());

        Assert.Equal(6, page.Count);
        Assert.All(page, e => Assert.Equal("thing", e.StreamType));
    }

    [Fact]
    public async Task Under_its_role_it_sees_and_writes_its_workspace_alone()
    {
        await opened.Append("zeta", "s", 0, Opened.Event());
        await using var connection = await opened.Connect("eventmesh_marten", "acme");
        var marten = new MartenSession(connection, "zeta");

        Assert.Null(await marten.StreamState("s"));
        Assert.Empty(await marten.FetchStream("s"));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => marten.SaveChanges("t", 0, 1));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Writing_the_same_streams_at_the_same_time_both_are_told_the_truth_and_the_feed_has_all_of_it()
    {
        var stored = 0;
        async Task Marten(int writer)
        {
            await using var connection = await opened.Connect("eventmesh_marten", "acme");
            var marten = new MartenSession(connection, "acme");
            for (var done = 0; done < 15;)
            {
                var stream = $"s{(writer + done) % 3}";
                var version = (await marten.StreamState(stream))?.Version ?? 0;
                if (!await marten.SaveChanges(stream, version, 2)) continue;
                Interlocked.Add(ref stored, 2);
                done++;
            }
        }
        async Task Own(int writer)
        {
            for (var done = 0; done < 15;)
            {
                var stream = $"s{(writer + done) % 3}";
                var version = (await opened.Store.For("acme").ReadStream(stream)).Version;
                try { await opened.Append("acme", stream, version, Opened.Events(3)); }
                catch (VersionConflict) { continue; }
                Interlocked.Add(ref stored, 3);
                done++;
            }
        }

        await Task.WhenAll([.. Enumerable.Range(0, 4).Select(w => Task.Run(() => Marten(w))), .. Enumerable.Range(0, 4).Select(w => Task.Run(() => Own(w)))]);

        var feed = await opened.Feed();
        Assert.Equal(stored, feed.Count);
        foreach (var stream in feed.GroupBy(e => e.Stream))
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Select(e => e.Version));
    }

    [Fact]
    public void Names_are_those_that_Marten_gives()
    {
        // EventNamingStyle.ClassicTypeName, its default: the innermost class name in snake_case; the .NET name with a plus for each nesting.
        Assert.Equal("thing_begun", EventTypes.AliasOf(typeof(ThingEvent.ThingBegun)));
        var written = EventTypes.Of(typeof(ThingEvent));
        Assert.Equal(["thing_begun"], written.Aliases);
    }

    public abstract record ThingEvent
    {
        private ThingEvent() { }
        public sealed record ThingBegun(string Name) : ThingEvent;
    }
}
