using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

public sealed class LogFollowerTests
{
    private static readonly (string Workspace, int Events)[] Sizes = [("one", 1), ("a-few", 7), ("below", 255), ("whole", 256), ("above", 257), ("several", 1_030), ("$platform", 600)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 1_500)]
    [InlineData(300, 2)]
    [InlineData(4_000, 3)]
    public async Task Each_log_has_the_root_of_a_plain_tree_over_the_same_events_whatever_the_pages(int pageEvents, int workspacesMax)
    {
        await using var database = await LogDatabase.Create();
        // A page of one event is a transaction for each: fewer of them.
        var sizes = pageEvents == 1 ? [.. Sizes.Where(s => s.Events is < 10 or 257)] : Sizes;
        await Task.WhenAll(sizes.Select(s => database.Write(s.Workspace, s.Events)));
        await using (database.Follow(pageEvents, workspacesMax)) await database.CaughtUp();

        foreach (var (workspace, events) in sizes)
        {
            var (leaves, state) = (await database.Leaves(workspace), await database.State(workspace));
            Assert.Equal((events, MerkleTree.Root(leaves)), ((int)state.Size, state.Root));
            // What is kept in tiles leads there too, and holds the leaves themselves.
            var (root, kept) = await LogTree.Compute(database.Store.For(workspace), of => (MerkleTree.Root(events, of), Enumerable.Range(0, events).Select(i => of(0, i)).ToArray()));
            Assert.Equal(state.Root, root);
            Assert.Equal(leaves, kept);
        }
        // Whole tiles are one row each.
        Assert.False(await database.Scalar<bool>("select exists (select from eventmesh.log_tiles t join eventmesh.log_state s using (tenant_id) where t.level = 0 and t.first / 256 < s.size / 256 and octet_length(t.hashes) <> 8192)"));
    }

    [Fact]
    public async Task Pages_that_are_read_again_change_nothing()
    {
        await using var database = await LogDatabase.Create();
        foreach (var (workspace, events) in Sizes) await database.Write(workspace, events);
        await using (database.Follow(100)) await database.CaughtUp();
        var before = await database.Kept();

        await database.Execute("update public.mt_event_progression set last_xid = '0', last_seq_id = 0 where name = 'log'");
        await database.Write("one", 1, "more");
        await using (database.Follow(33)) await database.CaughtUp();
        Assert.Equal(before.Where(row => !row.StartsWith("(one,", StringComparison.Ordinal)), (await database.Kept()).Where(row => !row.StartsWith("(one,", StringComparison.Ordinal)));
        Assert.Equal(MerkleTree.Root(await database.Leaves("one")), (await database.State("one")).Root);
    }

    [Fact]
    public async Task A_follower_that_loses_its_session_again_and_again_loses_no_event_and_takes_none_twice()
    {
        await using var database = await LogDatabase.Create();
        foreach (var (workspace, events) in Sizes) await database.Write(workspace, events);
        await using (database.Follow(10))
        {
            // The session that holds the lease is ended wherever it is: between pages or within one.
            for (long seen = 0; seen < 2_000;)
            {
                await Eventually.True(async () => await database.Scalar<long>("select coalesce(sum(size), 0)::bigint from eventmesh.log_state") > seen, TimeSpan.FromSeconds(60), "the log to go on");
                await database.Execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'eventmesh_feed_lease' and datname = current_database()");
                seen = await database.Scalar<long>("select sum(size)::bigint from eventmesh.log_state") + 150;
            }
            await database.CaughtUp();
        }
        foreach (var (workspace, _) in Sizes) Assert.Equal(MerkleTree.Root(await database.Leaves(workspace)), (await database.State(workspace)).Root);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_000)]
    public async Task Events_of_any_size_are_leaves(int pageEvents)
    {
        await using var database = await LogDatabase.Create();
        int[] sizes = [0, 1, 65_500, 65_536, 200_000, 3, 700_000, 8_192, 1_000_000, 2];
        await database.WriteSizes("acme", sizes);
        await using (database.Follow(pageEvents)) await database.CaughtUp();
        Assert.Equal((sizes.Length, MerkleTree.Root(await database.Leaves("acme"))), ((int)(await database.State("acme")).Size, (await database.State("acme")).Root));
    }

    [Theory]
    [InlineData("timestamp = 'infinity'")]
    [InlineData("timestamp = '12000-01-01 00:00:00+00'")]
    [InlineData("is_archived = true")]
    [InlineData("headers = null, user_name = '', correlation_id = null")]
    public async Task What_somebody_wrote_past_us_stops_no_log(string change)
    {
        await using var database = await LogDatabase.Create();
        await database.Write("acme", 10);
        await database.Write("bolt", 10);
        var before = MerkleTree.Root(await database.Leaves("acme"));
        await database.Tamper($"update public.mt_events set {change} where tenant_id = 'acme' and stream_id = 's-1' and version = 2");
        await using (database.Follow()) await database.CaughtUp();
        Assert.Equal(MerkleTree.Root(await database.Leaves("bolt")), (await database.State("bolt")).Root);
        Assert.Equal(10, (await database.State("acme")).Size);
        Assert.NotEqual(before, (await database.State("acme")).Root);
    }

    [Fact]
    public async Task Of_two_nodes_one_grows_the_log_and_the_other_goes_on_when_it_ends()
    {
        await using var database = await LogDatabase.Create();
        await using var node = await LogDatabase.Open(database.Options);
        await database.Write("acme", 300);
        var first = database.Follow(50);
        await database.CaughtUp();
        await using (database.Follow(50, node: node))
        {
            await database.Write("acme", 300, "while-both-run");
            await database.CaughtUp();
            await first.DisposeAsync();
            await database.Write("acme", 300, "while-one-runs");
            await database.CaughtUp();
        }
        Assert.Equal(MerkleTree.Root(await database.Leaves("acme")), (await database.State("acme")).Root);
    }

    [Fact]
    public async Task Thousands_of_workspaces_with_one_event_each_are_a_handful_of_statements()
    {
        await using var database = await LogDatabase.Create();
        var workspaces = Enumerable.Range(0, 5_000).Select(i => $"w-{i:d4}").ToArray();
        foreach (var some in workspaces.Chunk(1_000)) await database.WriteOneIn(some);
        await using (database.Follow(5_000)) await database.CaughtUp();
        Assert.Equal(MerkleTree.Root(await database.Leaves("w-4711")), (await database.State("w-4711")).Root);
        // Transactions of at most 1,500 workspaces, four; and pages may have ended early.
        Assert.Equal(5_000, await database.Scalar<long>("select count(*) from eventmesh.log_tiles"));
        Assert.InRange(await database.Scalar<long>("select count(distinct xmin::text) from eventmesh.log_state"), 1, 12);
    }

    [Fact]
    public async Task A_log_that_somebody_shortened_is_written_over_and_the_others_go_on()
    {
        await using var database = await LogDatabase.Create();
        await database.Write("acme", 300);
        await database.Write("bolt", 20);
        await using (database.Follow()) await database.CaughtUp();
        var before = await database.State("acme");
        await database.Execute("update eventmesh.log_state set size = 10, peaks = substring(peaks from 1 for 64) where tenant_id = 'acme'");
        await database.Write("acme", 5, "later");
        await database.Write("bolt", 5, "later");
        await using (database.Follow())
            await Eventually.True(async () => (await database.State("bolt")).Size == 25 && (await database.State("acme")).Size == 15, TimeSpan.FromSeconds(60), "both to go on");
        Assert.NotEqual(before.Root, (await database.State("acme")).Root);
    }
}
