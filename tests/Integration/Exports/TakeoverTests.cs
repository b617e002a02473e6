using System.Security.Cryptography;
using EventMesh.Delivery.Exports;
using EventMesh.Domain.Exports;
using EventMesh.EventStore.Reading;
using Xunit;

namespace EventMesh.Tests.Integration.Exports;

/// <summary>Nodes that die, come back, and share the work.</summary>
public sealed class TakeoverTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task Another_node_goes_on_behind_the_last_part_and_makes_the_bytes_that_would_have_been_made(bool gzip)
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 1_500);
        var spec = Exporting.Things(gzip);
        var expected = await mesh.Made("acme", spec);
        string id;
        using (var held = new Hold(800))
        await using (mesh.Run(held.Line))
        {
            id = await mesh.Start("acme", spec);
            await held.Reached;
            await mesh.Until("acme", id, e => e.Parts >= 3);
            held.Die();
        }
        var left = (await mesh.Exports.Find("acme", id))!;
        Assert.Equal((ExportState.Running, true), (left.State, left.Parts < expected.Count));

        var written = 0;
        await using var other = mesh.Run(() => Interlocked.Increment(ref written), exports: new(mesh.Store));
        var row = await mesh.Ended("acme", id);
        Assert.Equal(ExportState.Finished, row.State);
        Assert.Equal(1_500 - left.Events, written);
        Assert.Equal(["export_started", "export_finished"], (await mesh.Store.For("acme").ReadStream(id)).Events.Select(e => e.Type));
        byte[] whole = [.. expected.SelectMany(m => m.Bytes)];
        Assert.Equal(whole, await mesh.Bytes("acme", id));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(whole)), row.Sha256);
        Assert.Equal(expected.Select(m => (m.Number, m.Sha256, m.Events, m.End)), (await mesh.Exports.Parts("acme", id)).Select(p => (p.Number, p.Sha256, p.Events, p.End)));
    }

    [Fact]
    public async Task Of_two_nodes_each_export_has_one()
    {
        await using var mesh = await Exporting.Open();
        foreach (var workspace in new[] { "acme", "zeta" }) await mesh.Happen(workspace, 400);
        await using var one = mesh.Run();
        await using var two = mesh.Run(exports: new(mesh.Store));
        var asked = new List<(string Workspace, string Id)>();
        foreach (var workspace in new[] { "acme", "zeta" })
            for (var n = 0; n < ExportLimits.RunningMax; n++) asked.Add((workspace, await mesh.Start(workspace)));
        foreach (var (workspace, id) in asked)
        {
            Assert.Equal((ExportState.Finished, 400L), (await mesh.Ended(workspace, id)) is var row ? (row.State, row.Events) : default);
            Assert.Equal(["export_started", "export_finished"], (await mesh.Store.For(workspace).ReadStream(id)).Events.Select(e => e.Type));
        }
    }

    [Fact]
    public async Task A_node_that_loses_its_session_writes_nothing_more_and_goes_on_with_another()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 1_500);
        var expected = await mesh.Made("acme", Exporting.Things());
        using var held = new Hold(800);
        await using var node = mesh.Run(held.Line);
        var id = await mesh.Start("acme");
        await held.Reached;
        await mesh.Until("acme", id, e => e.Parts >= 3);
        await mesh.Ask<object>("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'eventmesh_feed_lease' and datname = current_database()");
        held.Release();
        Assert.Equal(ExportState.Finished, (await mesh.Ended("acme", id)).State);
        Assert.Equal(expected.SelectMany(m => m.Bytes).ToArray(), await mesh.Bytes("acme", id));
    }

    [Fact]
    public async Task A_cancelled_export_ends_soon_and_nothing_of_it_is_kept()
    {
        await using var mesh = await Exporting.Open();
        await mesh.Happen("acme", 5_000);
        using var held = new Hold(800);
        await using var node = mesh.Run(held.Line);
        var id = await mesh.Start("acme");
        await held.Reached;
        Assert.True(await mesh.Exports.Cancel("acme", id, "key_2"));
        held.Release();
        var row = await mesh.Ended("acme", id);
        Assert.Equal((ExportState.Cancelled, "key_2"), (row.State, row.CancelledBy));
        Assert.Empty(await mesh.Exports.Parts("acme", id));
        var ended = (await mesh.Store.For("acme").ReadStream(id)).Events[^1];
        Assert.Equal(("export_finished", "key_2"), (ended.Type, ended.Actor));
        Assert.False(await mesh.Exports.Cancel("acme", id, "key_1"));
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_never_does()
    {
        await using var mesh = await Exporting.Open();
        var id = await mesh.Start("acme");
        Assert.True(await mesh.Exports.Cancel("acme", id, "key_2"));
        await using var node = mesh.Run();
        var row = await mesh.Ended("acme", id);
        Assert.Equal((ExportState.Cancelled, 0, null), (row.State, row.Parts, row.End));
    }

    /// <summary>Holds a node at a line.</summary>
    private sealed class Hold(int at) : IDisposable
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim released = new();
        private bool dead;
        private int written;

        public Task Reached => reached.Task.WaitAsync(Exporting.Deadline);

        public void Line()
        {
            if (Interlocked.Increment(ref written) == at)
            {
                reached.TrySetResult();
                released.Wait(Exporting.Deadline);
            }
            if (dead) throw new OperationCanceledException("The node is dead.");
        }

        public void Release() => released.Set();

        /// <summary>Nothing is written any more.</summary>
        public void Die()
        {
            dead = true;
            released.Set();
        }

        public void Dispose() => released.Dispose();
    }
}
