using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Log;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

public sealed class LogProofTests
{
    [Fact]
    public async Task Every_leaf_is_proven_in_logs_of_every_size_around_the_edge_of_a_tile()
    {
        await using var database = await LogDatabase.Create();
        await database.Write("acme", 514);
        await using (database.Follow(100)) await database.CaughtUp();
        var leaves = await database.Leaves("acme");
        foreach (var size in new[] { 1, 2, 255, 256, 257, 511, 512, 513, 514 })
        {
            var root = MerkleTree.Root(leaves.Take(size));
            var proofs = await LogTree.Compute(database.Store.For("acme"), of => Enumerable.Range(0, size).Select(leaf => MerkleTree.Inclusion(leaf, size, of)).ToArray());
            for (var leaf = 0; leaf < size; leaf++) Assert.True(MerkleProof.Includes(leaves[leaf], leaf, size, proofs[leaf], root), $"leaf {leaf} of {size}");
        }
        foreach (var (past, size) in new[] { (1, 255), (255, 256), (255, 257), (256, 257), (256, 512), (257, 513), (511, 514), (514, 514) })
        {
            var proof = await LogTree.Compute(database.Store.For("acme"), of => MerkleTree.Consistency(past, size, of));
            Assert.True(MerkleProof.Extends(past, MerkleTree.Root(leaves.Take(past)), size, MerkleTree.Root(leaves.Take(size)), proof), $"{past} to {size}");
        }
    }

    [Fact]
    public async Task An_event_is_found_among_the_leaves_by_its_stream_and_version()
    {
        await using var database = await LogDatabase.Create();
        await database.Write("acme", 5);
        await Task.WhenAll(database.Write("acme", 520, "own"), database.Write("bolt", 400));
        await using (database.Follow(90)) await database.CaughtUp();
        var store = database.Store.For("acme");
        var (leaves, canonical, index) = (await database.Leaves("acme"), new CanonicalEvent(), 0);
        foreach (var whole in await store.ReadWhole(Position.Start, 1_000))
        {
            Assert.Equal(new FoundLeaf.At(index), await FindLeaf.Of(store, whole.Event.Stream, whole.Event.Version));
            Assert.Equal(leaves[index++], canonical.Leaf(StoredFields.Of(whole)));
        }
        Assert.Equal(525, index);
        Assert.IsType<FoundLeaf.NoSuchStream>(await FindLeaf.Of(store, "nowhere", 1));
        Assert.IsType<FoundLeaf.NoSuchVersion>(await FindLeaf.Of(store, "own-0", 6));
        await database.Write("acme", 1, "later");
        Assert.IsType<FoundLeaf.NotYet>(await FindLeaf.Of(store, "later-0", 1));
        await database.WriteOneIn(["young"]);
        Assert.IsType<FoundLeaf.NotYet>(await FindLeaf.Of(database.Store.For("young"), "s", 1));
    }

    [Fact]
    public async Task Proofs_hold_where_a_third_level_of_tiles_begins()
    {
        await using var database = await LogDatabase.Create();
        const int Events = 65_537;
        // As Marten would, in one statement: appending them one by one is not what is tried here.
        await database.Execute($$"""
            insert into public.mt_streams (tenant_id, id, type, version) values ('acme', 's', 'thing', {{Events}});
            alter table public.mt_events disable trigger keep_order;
            insert into public.mt_events (id, stream_id, version, data, type, tenant_id)
            select gen_random_uuid(), 's', n, jsonb_build_object('n', n), 'thing_happened', 'acme' from generate_series(1, {{Events}}) n;
            alter table public.mt_events enable trigger keep_order
            """);
        await using (database.Follow()) await database.CaughtUp();
        var (store, leaves) = (database.Store.For("acme"), await database.Leaves("acme"));
        Assert.Equal(MerkleTree.Root(leaves), (await database.State("acme")).Root);
        Assert.Equal(1, await database.Scalar<long>("select count(*) from eventmesh.log_tiles where level = 2"));
        foreach (var size in new[] { 65_535, 65_536, 65_537 })
        {
            var root = MerkleTree.Root(leaves.Take(size));
            foreach (var leaf in new[] { 0, 255, 256, 65_279, 65_280, 65_534, size - 1 })
                Assert.True(MerkleProof.Includes(leaves[leaf], leaf, size, await LogTree.Compute(store, of => MerkleTree.Inclusion(leaf, size, of)), root), $"leaf {leaf} of {size}");
            foreach (var past in new[] { 1, 256, 257, 65_280, 65_535 })
                Assert.True(MerkleProof.Extends(past, MerkleTree.Root(leaves.Take(past)), size, root, await LogTree.Compute(store, of => MerkleTree.Consistency(past, size, of))), $"{past} to {size}");
        }
        Assert.Equal(new FoundLeaf.At(65_536), await FindLeaf.Of(store, "s", 65_537));
    }

    [Fact]
    public async Task A_session_of_one_workspace_sees_no_hash_of_another()
    {
        await using var database = await LogDatabase.Create();
        await database.Write("acme", 10);
        await database.WriteOneIn(["bolt"]);
        await using (database.Follow()) await database.CaughtUp();
        await using var session = await database.Store.For("bolt").Session(TestContext.Current.CancellationToken);
        session.Add("bolt", new("select count(*) from eventmesh.log_tiles"), new("select count(*) from eventmesh.log_state"), new("select count(*) from eventmesh.log_tiles where tenant_id = 'acme'"));
        await using var reader = await session.Run(TestContext.Current.CancellationToken);
        var seen = new List<long>();
        while (await reader.NextResultAsync(TestContext.Current.CancellationToken))
        {
            await reader.ReadAsync(TestContext.Current.CancellationToken);
            seen.Add(reader.GetInt64(0));
        }
        Assert.Equal([1, 1, 0], seen);
        await Assert.ThrowsAsync<LogIncomplete>(() => LogTree.Compute(database.Store.For("bolt"), of => of(0, 5)));
    }
}
