using EventMesh.Projections.Inbound;
using Xunit;

namespace EventMesh.Tests.Integration.Projections;

public sealed class InboundCountsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_several_nodes_counted_is_added_up_and_the_latest_time_stays()
    {
        await using var database = await ProjectionDatabase.Create();
        await InboundCounts.Add(database.Store, [new("acme", "src_1", "mismatch", 2, At), new("acme", "src_1", "accepted", 1, At), new("acme", "src_2", "mismatch", 9, At)], Stop);
        await InboundCounts.Add(database.Store, [new("acme", "src_1", "mismatch", 3, At.AddSeconds(-5))], Stop);
        Assert.Equal([new("acme", "src_1", "accepted", 1, At), new("acme", "src_1", "mismatch", 5, At)], await InboundCounts.Read(database.Store.For("acme"), "src_1", Stop));
    }

    [Fact]
    public async Task A_workspace_reads_its_own_and_no_other()
    {
        await using var database = await ProjectionDatabase.Create();
        await InboundCounts.Add(database.Store, [new("acme", "src_1", "mismatch", 2, At), new("other", "src_1", "mismatch", 7, At)], Stop);
        Assert.Equal(2, Assert.Single(await InboundCounts.Read(database.Store.For("acme"), "src_1", Stop)).Count);
        Assert.Empty(await InboundCounts.Read(database.Store.For("nobody"), "src_1", Stop));
    }

    [Fact]
    public async Task Many_nodes_add_to_the_same_rows_at_once_and_nothing_is_lost()
    {
        await using var database = await ProjectionDatabase.Create();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), Stop, async (n, stop) =>
        {
            InboundCount[] counted = [new("acme", "src_1", "mismatch", 1, At), new("acme", "src_2", "mismatch", 1, At), new("other", "src_3", "accepted", 1, At)];
            // In whatever order a node has them.
            await InboundCounts.Add(database.Store, n % 2 == 0 ? counted : [.. counted.Reverse()], stop);
        });
        Assert.Equal(40, Assert.Single(await InboundCounts.Read(database.Store.For("acme"), "src_2", Stop)).Count);
        Assert.Equal(120m, await database.Scalar<decimal>("select sum(count) from eventmesh.inbound_counts"));
    }
}
