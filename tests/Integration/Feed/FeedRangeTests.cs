using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Feed;

public sealed class FeedRangeTests
{
    [Fact]
    public async Task A_time_ends_a_quiet_history_a_minute_later_and_one_that_goes_on_at_once()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var opened = await Opened.On(await (await PostgresServer.Shared).CreateDatabase("feed_range"));
        var (of, at) = (opened.Store.For("acme"), new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await Happen(of, "thing_1", at);
        var (end, until) = (await of.FindEnd(stop), at + TimeSpan.FromSeconds(1));
        var follower = new FeedRange(end, null);
        Assert.Null((await follower.EndedAt(of, null, until + TimeSpan.FromDays(1), stop)).Until);
        foreach (var early in new[] { until - TimeSpan.FromTicks(1), until, until + FindPositionsVerb.Disorder - TimeSpan.FromTicks(1) })
            Assert.Null((await follower.EndedAt(of, until, early, stop)).Until);

        var ended = await follower.EndedAt(of, until, until + FindPositionsVerb.Disorder, stop);
        Assert.Equal(end with { Sequence = end.Sequence + 1 }, ended.Until);
        Assert.True(await ended.IsOver(of, stop));
        Assert.False(await (ended with { After = Position.Start }).IsOver(of, stop));

        await Happen(of, "thing_2", until);
        Assert.Equal(await of.FindEnd(stop), (await follower.EndedAt(of, until, until, stop)).Until);
        // What ends somewhere already ends there.
        Assert.Equal(ended, await ended.EndedAt(of, until, until, stop));
    }

    private static async Task Happen(WorkspaceStore of, string stream, DateTimeOffset at)
    {
        await of.Append(stream, "thing", 0, [Opened.Event()], new(at, "key_1"), null, TestContext.Current.CancellationToken);
        // Transactions of other tests on the same server hold the feed back.
        await Eventually.True(async () => await of.FindEnd() == await of.ReadLastPosition(), TimeSpan.FromSeconds(60), "it to be in the feed");
    }
}
