using EventMesh.Delivery.Log;
using EventMesh.Domain.Log;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using EventMesh.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventMesh.Tests.Integration.Log;

public sealed class CheckpointTests : IAsyncLifetime
{
    private LogDatabase database = null!;
    private Signing node = null!;

    public async ValueTask InitializeAsync()
    {
        database = await LogDatabase.Create();
        node = new(database.Store);
        await Grow("acme", 300);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_checkpoint_says_what_the_log_is_and_is_signed_by_the_platforms_key()
    {
        var signed = (await node.Sign("acme")).Signed!;
        var note = SignedNote.Parse(signed.Note);
        Assert.Equal(new Checkpoint("mesh.example/workspaces/acme", 300, MerkleTree.Root(await database.Leaves("acme"))).ToString(), note.Text);
        Assert.Equal([(await node.Keyring.Keys(default)).Current!.Id], await node.SignersOf(signed.Note));
        Assert.Equal("mesh.example", note.Signatures.Single().Name);

        // Nothing happened: nothing is signed.
        Assert.Equal(signed.At, (await node.Sign("acme")).Signed!.At);
        await Grow("acme", 5);
        var next = (await node.Sign("acme")).Signed!;
        Assert.Equal((305, 300L), (next.Size, await database.Scalar<long>("select previous from eventmesh.log_checkpoints where size = 305")));
        var proof = await LogTree.Compute(database.Store.For("acme"), of => MerkleTree.Consistency(300, 305, of));
        Assert.True(MerkleProof.Extends(300, signed.Root, 305, next.Root, proof));
        Assert.Equal([305, 300], (await ReadCheckpoints.Newest(database.Store.For("acme"), long.MaxValue, 10)).Select(c => c.Size));
        Assert.Equal(signed.Note, (await ReadCheckpoints.OfSize(database.Store.For("acme"), 300))!.Note);
    }

    [Fact]
    public async Task Two_nodes_make_one_key_and_never_sign_two_successors_of_one_checkpoint()
    {
        await using var store = await LogDatabase.Open(database.Options);
        var other = new Signing(store);
        await Task.WhenAll(node.Sign("acme"), other.Sign("acme"));
        Assert.Single((await node.Keyring.Keys(default)).Keys);
        for (var round = 0; round < 5; round++)
        {
            await Grow("acme", 5);
            await Task.WhenAll(node.Sign("acme"), other.Sign("acme"));
        }
        Assert.Equal(6, await database.Scalar<long>("select count(*) from eventmesh.log_checkpoints"));
        Assert.False(await database.Scalar<bool>("select exists (select from eventmesh.log_faults)"));
        Assert.Equal(325, (await node.Sign("acme")).Signed!.Size);
    }

    // What somebody can do who has the database and not the key.
    [Theory]
    [InlineData("an event is changed and its log made anew", "update public.mt_events set data = '{\"z\":\"forged\"}' where tenant_id = 'acme' and stream_id = 's-3'", true, "does not extend")]
    [InlineData("an event is taken out and its log made anew", "delete from public.mt_events where tenant_id = 'acme' and stream_id = 's-59' and version = 5", true, "does not extend")]
    [InlineData("the tail is cut off", "delete from public.mt_events where tenant_id = 'acme' and stream_id like 's-5_'", true, "were signed")]
    [InlineData("a leaf is exchanged", "update eventmesh.log_tiles set hashes = overlay(hashes placing '\\x00' from 300) where tenant_id = 'acme' and level = 0 and first = 256", false, "do not lead to the root")]
    [InlineData("a tile is gone", "delete from eventmesh.log_tiles where tenant_id = 'acme' and level = 1", false, "not whole")]
    [InlineData("the checkpoints are gone", "delete from eventmesh.log_checkpoints", false, "no longer kept")]
    [InlineData("the checkpoint is another", "update eventmesh.log_checkpoints set root = sha256('x')", false, "does not extend")]
    public async Task A_log_that_was_rewritten_is_signed_no_more(string what, string sql, bool anew, string reason)
    {
        var before = (await node.Sign("acme")).Signed!;
        await Grow("bolt", 3);
        await database.Execute("alter table public.mt_events disable trigger immutable; " + sql + "; alter table public.mt_events enable trigger immutable");
        if (anew) await database.Execute("delete from eventmesh.log_tiles where tenant_id = 'acme'; delete from eventmesh.log_state where tenant_id = 'acme'; update public.mt_event_progression set last_xid = '0', last_seq_id = 0 where name = 'log'");
        await Grow("acme", 5);

        await node.Checkpoints.Sign(["acme", "bolt"], default);
        var fault = (await LogHead.Read(database.Store.For("acme")))!.Fault;
        Assert.True(fault?.Contains(reason, StringComparison.Ordinal), $"{what}: {fault}");
        Assert.False(await database.Scalar<bool>("select exists (select from eventmesh.log_checkpoints where tenant_id = 'acme' and size > 300)"));
        // Others are not held back; and this one is not signed by anybody, however often it is asked for, until the operator has looked.
        Assert.Equal(3, (await node.Sign("bolt")).Signed!.Size);
        await Grow("acme", 5);
        await new Signing(database.Store).Sign("acme");
        await node.Sign("acme");
        Assert.False(await database.Scalar<bool>("select exists (select from eventmesh.log_checkpoints where tenant_id = 'acme' and size > 300)"));
        Assert.Equal(300, before.Size);
    }

    [Fact]
    public async Task A_node_that_starts_compares_every_log_with_what_was_signed()
    {
        await node.Sign("acme");
        // With root and note as one would have them: but nobody of ours signed that.
        await database.Execute("update eventmesh.log_checkpoints set note = replace(note, 'mesh.example/workspaces/acme', 'mesh.example/workspaces/other')");
        using var stop = new CancellationTokenSource();
        var fresh = new Signing(database.Store);
        var run = Clock(fresh).Run(stop.Token);
        await Eventually.True(async () => (await LogHead.Read(database.Store.For("acme")))!.Fault is not null, TimeSpan.FromSeconds(30), "the start to notice");
        Assert.Contains("not what was signed", (await LogHead.Read(database.Store.For("acme")))!.Fault, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task What_grows_is_signed_by_the_clock_and_what_rests_is_not()
    {
        using var stop = new CancellationTokenSource();
        var run = Clock(node).Run(stop.Token);
        await Eventually.True(async () => (await LogHead.Read(database.Store.For("acme")))!.Signed?.Size == 300, TimeSpan.FromSeconds(30), "the first checkpoint");
        await Grow("acme", 5);
        await Eventually.True(async () => (await LogHead.Read(database.Store.For("acme")))!.Signed?.Size == 305, TimeSpan.FromSeconds(30), "the next");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(2, await database.Scalar<long>("select count(*) from eventmesh.log_checkpoints where tenant_id = 'acme'"));
    }

    [Fact]
    public async Task After_a_rotation_both_keys_sign_for_a_while_and_what_each_signed_is_verified_for_ever()
    {
        var clock = new MovedClock();
        var rotating = new Signing(database.Store, clock);
        var before = (await rotating.Sign("acme")).Signed!;
        var first = (await rotating.Keyring.Keys(default)).Current!.Id;
        var keys = await rotating.Keyring.Rotate(TimeSpan.FromDays(30), new(clock.GetUtcNow(), "admin"), default);
        var second = keys.Current!.Id;
        Assert.NotEqual(first, second);

        await Grow("acme", 5);
        Assert.Equal([first, second], await rotating.SignersOf((await rotating.Sign("acme")).Signed!.Note));
        clock.Move(TimeSpan.FromDays(31));
        await Grow("acme", 5);
        Assert.Equal([second], await rotating.SignersOf((await rotating.Sign("acme")).Signed!.Note));
        Assert.Equal([first], await rotating.SignersOf(before.Note));

        var told = await database.Store.For(Workspace.PlatformId).ReadStream(LogKeys.Stream);
        Assert.Equal(["log_key_created", "log_key_retired", "log_key_created"], told.Events.Select(e => e.Type));
        // The private half is nowhere but among the secrets.
        var seed = (await database.Store.For(Workspace.PlatformId).ReadSecret("log/keys/" + second))!;
        foreach (var form in new[] { Convert.ToBase64String(seed), Convert.ToHexStringLower(seed) })
            Assert.DoesNotContain(told.Events, e => System.Text.Encoding.UTF8.GetString(e.Data.Span).Contains(form, StringComparison.Ordinal));
    }

    private CheckpointClock Clock(Signing signing) => new(
        database.Store, signing.Checkpoints,
        new Witnesses(database.Store, new IndexFollower(database.Store, NullLogger<IndexFollower>.Instance), [], _ => throw new InvalidOperationException(), TimeProvider.System, NullLogger<Witnesses>.Instance),
        TimeProvider.System, TimeSpan.FromSeconds(1.2));

    private int written;

    private async Task Grow(string workspace, int events)
    {
        await database.Write(workspace, events, written++ == 0 ? "s" : $"t{written}");
        await using (database.Follow()) await database.CaughtUp();
    }
}
