using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Integration.EventStore;

public sealed class ConcurrentWriterTests : IAsyncLifetime
{
    private const int Writers = 64;

    private Opened opened = null!;
    private Store another = null!;

    // Two nodes with two lanes each.
    public async ValueTask InitializeAsync()
    {
        opened = await Opened.New("writers");
        another = await Store.Open(new StoreOptions(opened.Database, Lanes: 2), EventTypes.Of());
    }

    public async ValueTask DisposeAsync()
    {
        await another.DisposeAsync();
        await opened.DisposeAsync();
    }

    [Fact]
    public async Task No_update_is_lost_and_every_answer_is_true()
    {
        // Each writer adds 20 times to one of five streams; a lost race reads again. Versions must come out as exactly the appends that were answered "stored".
        var stored = new System.Collections.Concurrent.ConcurrentBag<(string Stream, long Version, Position Position)>();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var store = (writer % 2 == 0 ? opened.Store : another).For("acme");
            var stream = $"s{writer % 5}";
            for (var done = 0; done < 20;)
            {
                var at = (await store.ReadStreamPage(stream, 0, 10_000)).Count;
                try
                {
                    var position = await store.Append(stream, "thing", at, [Opened.Event($$"""{"writer":{{writer}}}""")], Opened.Now);
                    stored.Add((stream, at + 1, position));
                    done++;
                }
                catch (VersionConflict conflict)
                {
                    Assert.True(conflict.Actual > at, $"lost at {at} to {conflict.Actual}");
                }
            }
        }));

        Assert.Equal(Writers * 20, stored.Count);
        for (var i = 0; i < 5; i++)
        {
            var read = await opened.Store.For("acme").ReadStream($"s{i}");
            Assert.Equal(Enumerable.Range(1, read.Events.Count).Select(n => (long)n), read.Events.Select(e => e.Version));
            Assert.Equal(
                stored.Where(s => s.Stream == read.Id).OrderBy(s => s.Version).Select(s => (s.Version, s.Position)),
                read.Events.Select(e => (e.Version, e.Position)));
            Assert.Equal(read.Events.Select(e => e.Position).Order(), read.Events.Select(e => e.Position));
        }
    }

    [Fact]
    public async Task Of_many_who_begin_one_stream_exactly_one_does()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            try
            {
                await (writer % 2 == 0 ? opened.Store : another).For("acme").Append("only", "thing", 0, [Opened.Event($$"""{"writer":{{writer}}}""")], Opened.Now);
                return writer;
            }
            catch (VersionConflict conflict) when (conflict.IsDuplicate)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(answers, a => a >= 0);
        var read = Assert.Single((await opened.Store.For("acme").ReadStream("only")).Events);
        Assert.Equal($$"""{"writer": {{winner}}}""", System.Text.Encoding.UTF8.GetString(read.Data.Span));
    }

    [Fact]
    public async Task Two_nodes_that_append_to_the_same_streams_together_do_not_block_each_other()
    {
        var streams = Enumerable.Range(0, 40).Select(i => $"t{i:00}").ToArray();
        await Task.WhenAll(streams.Select(s => opened.Append("acme", s, 0, Opened.Event())));

        // Crosswise orders, versions that race: each round at most one node wins a stream, and all of them end at a version that somebody was told.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async node =>
        {
            var store = node % 2 == 0 ? opened.Store : another;
            for (var round = 1; round <= 20; round++)
            {
                var order = node % 4 < 2 ? streams : [.. streams.Reverse()];
                await store.AppendTogether([.. order.Select(s => store.For("acme").Prepare(s, "thing", round, [Opened.Event()], Opened.Now))]);
            }
        }));

        foreach (var stream in streams)
            Assert.Equal(21, (await opened.Store.For("acme").ReadStream(stream)).Version);
    }
}
