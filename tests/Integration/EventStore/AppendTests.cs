using EventMesh.EventStore;
using EventMesh.EventStore.Appending;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class AppendTests : IAsyncLifetime
{
    private Opened opened = null!;

    public async ValueTask InitializeAsync() => opened = await Opened.New("append");
    public ValueTask DisposeAsync() => opened.DisposeAsync();

    [Fact]
    public async Task What_was_appended_is_read_back_in_order_with_all_that_stands_beside_it()
    {
        var metadata = new EventMetadata(new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)), "key_9", "corr", "cause", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "elv_1", "192.0.2.0/24");
        await opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event("""{"a":1}""", "first"), Opened.Event("""{"b":"ä"}""", "second")], metadata);

        var read = await opened.Store.For("acme").ReadStream("s");

        Assert.Equal(2, read.Version);
        Assert.Equal([(1L, "first"), (2L, "second")], read.Events.Select(e => (e.Version, e.Type)));
        var second = read.Events[1];
        Assert.Equal("""{"b": "ä"}""", System.Text.Encoding.UTF8.GetString(second.Data.Span));
        Assert.Equal((metadata.At.ToUniversalTime(), "key_9", "corr", "cause", metadata.TraceParent, "elv_1", "192.0.2.0/24"),
            (second.At, second.Actor, second.CorrelationId, second.CausationId, second.TraceParent, second.Elevation, second.From));
    }

    [Fact]
    public async Task A_trace_parent_that_is_no_trace_parent_cannot_write_headers_of_its_own()
    {
        await opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event()], Opened.Now with { TraceParent = "x\",\"admin\":\"true" });

        var read = await opened.Store.For("acme").ReadStream("s");
        Assert.Equal("x\",\"admin\":\"true", read.Events[0].TraceParent);
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public async Task An_elevation_is_kept_with_a_trace_parent_or_without(int events)
    {
        var store = opened.Store.For("acme");
        await store.Append("with", "thing", 0, Opened.Events(events), Opened.Now with { TraceParent = "t", Elevation = "elv_1" });
        await store.Append("without", "thing", 0, Opened.Events(events), Opened.Now with { Elevation = "elv_2" });
        await store.Append("neither", "thing", 0, Opened.Events(events), Opened.Now with { TraceParent = null });
        Assert.All((await store.ReadStream("with")).Events, e => Assert.Equal(("t", "elv_1"), (e.TraceParent, e.Elevation)));
        Assert.All((await store.ReadStream("without")).Events, e => Assert.Equal((null, "elv_2"), (e.TraceParent, e.Elevation)));
        Assert.All((await store.ReadStream("neither")).Events, e => Assert.Equal((null, null), (e.TraceParent, e.Elevation)));
    }

    [Fact]
    public async Task Beginning_a_stream_that_exists_is_a_duplicate()
    {
        await opened.Append("acme", "s", 0, Opened.Events(2));

        var conflict = await Assert.ThrowsAsync<VersionConflict>(() => opened.Append("acme", "s", 0, Opened.Events(2)));

        Assert.True(conflict.IsDuplicate);
        Assert.Equal((0, 2), (conflict.Expected, conflict.Actual));
        Assert.Equal(2, (await opened.Store.For("acme").ReadStream("s")).Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task An_append_at_another_version_loses_to_the_actual_one(long expected)
    {
        await opened.Append("acme", "s", 0, Opened.Events(2));
        var conflict = await Assert.ThrowsAsync<VersionConflict>(() => opened.Append("acme", "s", expected, Opened.Event()));
        Assert.Equal((expected, 2, false), (conflict.Expected, conflict.Actual, conflict.IsDuplicate));
    }

    [Fact]
    public async Task Appending_to_a_stream_that_does_not_exist_loses_to_version_0()
    {
        var conflict = await Assert.ThrowsAsync<VersionConflict>(() => opened.Append("acme", "none", 4, Opened.Event()));
        Assert.Equal((4, 0), (conflict.Expected, conflict.Actual));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task An_archived_stream_takes_no_more_events(long expected)
    {
        await opened.Append("acme", "s", 0, Opened.Events(2));
        await using (var direct = await opened.Connect()) await Opened.Run(direct, "update mt_streams set is_archived = true where id = 's'");

        await Assert.ThrowsAsync<StreamArchived>(() => opened.Append("acme", "s", expected, Opened.Event()));
        Assert.Equal(2, (await opened.Store.For("acme").ReadStream("s")).Version);
    }

    [Fact]
    public async Task The_same_stream_id_in_two_workspaces_is_two_streams()
    {
        await opened.Append("acme", "s", 0, Opened.Events(1));
        await opened.Append("zeta", "s", 0, Opened.Events(2));
        Assert.Equal(1, (await opened.Store.For("acme").ReadStream("s")).Version);
        Assert.Equal(2, (await opened.Store.For("zeta").ReadStream("s")).Version);
    }

    [Fact]
    public async Task Each_append_of_a_group_is_answered_for_itself()
    {
        await opened.Append("acme", "taken", 0, Opened.Events(3));

        var answers = await opened.Store.AppendTogether(
        [
            opened.Prepare("zeta", "new", 0, Opened.Events(2)),
            opened.Prepare("acme", "taken", 0, Opened.Event()),
            opened.Prepare("acme", "taken too", 1, Opened.Event()),
            opened.Prepare("acme", "another", 0, Opened.Events(3)),
        ]);

        Assert.Equal([(true, 2L), (false, 3L), (false, 0L), (true, 3L)], answers.Select(a => (a.Stored, a.ActualVersion)));
        Assert.Equal((await opened.Store.For("zeta").ReadStream("new")).Events[^1].Position, answers[0].Position);
        Assert.Equal((await opened.Store.For("acme").ReadStream("another")).Events[^1].Position, answers[3].Position);
    }

    [Fact]
    public async Task The_events_of_one_batch_stand_in_the_feed_in_the_batchs_order()
    {
        await opened.Append("acme", "s-7", 0, Opened.Event());
        // Neither by stream nor by workspace, two streams that lose, one that goes on.
        string[] names = ["s-9", "s-1", "s-5", "s-7", "s-3", "s-8", "s-0", "s-2", "s-6", "s-4"];
        var batch = names.Select((s, i) => opened.Prepare(i % 3 == 0 ? "acme" : "zeta", s, s == "s-7" ? 1 : s == "s-2" ? 4 : 0, Opened.Events(1 + i % 2))).ToArray();

        var answers = await opened.Store.AppendTogether(batch);

        var stored = batch.Zip(answers).Where(b => b.Second.Stored).ToArray();
        Assert.Equal(9, stored.Length);
        Assert.Equal(
            stored.SelectMany(b => b.First.Events.Select((_, i) => (b.First.Workspace, b.First.Stream, b.First.ExpectedVersion + i + 1))),
            (await opened.Feed()).Skip(1).Select(e => (e.Workspace, e.Stream, e.Version)));
        foreach (var (append, answer) in stored) Assert.Equal((await opened.Store.For(append.Workspace).ReadStream(append.Stream)).Events[^1].Position, answer.Position);
    }

    [Fact]
    public async Task A_payload_is_stored_with_its_event_and_not_without_it()
    {
        var day = DateOnly.FromDateTime(DateTime.UtcNow);
        Payload Body(string id, string text) => new(id, day, "text/plain", System.Text.Encoding.UTF8.GetBytes(text));
        await opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event()], Opened.Now, [Body("s", "first")]);

        await Assert.ThrowsAsync<VersionConflict>(() => opened.Store.For("acme").Append("s", "thing", 0, [Opened.Event()], Opened.Now, [Body("s", "second")]));

        Assert.Equal("first"u8.ToArray(), await opened.Store.For("acme").ReadPayload("s", day));
        Assert.Null(await opened.Store.For("zeta").ReadPayload("s", day));
    }

    [Fact]
    public async Task An_append_that_names_a_stream_twice_or_nothing_to_store_is_a_mistake_of_its_caller()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => opened.Store.AppendTogether([opened.Prepare("a", "s", 0, Opened.Event()), opened.Prepare("a", "s", 1, Opened.Event())]));
        await Assert.ThrowsAsync<ArgumentException>(() => opened.Append("a", "s", 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => opened.Append("a", "s", -1, Opened.Event()));
    }

    [Fact]
    public async Task A_stream_may_be_folded_up_to_its_limit_and_not_past_it()
    {
        for (var version = 0; version < ReadStreamVerb.EventsMax; version += 1_000) await opened.Append("acme", "long", version, Opened.Events(1_000));
        Assert.Equal(ReadStreamVerb.EventsMax, (await opened.Store.For("acme").ReadStream("long")).Version);

        await opened.Append("acme", "long", ReadStreamVerb.EventsMax, Opened.Event());
        await Assert.ThrowsAsync<StreamTooLong>(() => opened.Store.For("acme").ReadStream("long"));
        Assert.Equal(2, (await opened.Store.For("acme").ReadStreamPage("long", 9_999, 100)).Count);
    }

    [Fact]
    public async Task An_append_whose_answer_was_lost_is_recognised_when_it_comes_again()
    {
        var append = opened.Prepare("acme", "s", 0, Opened.Events(3));
        var first = (await opened.Store.AppendTogether([append]))[0];
        await opened.Append("acme", "s", 3, Opened.Event());

        Assert.Equal(first, (await opened.Store.AppendTogether([append]))[0]);
        Assert.Equal(4, (await opened.Store.For("acme").ReadStream("s")).Version);
    }
}
