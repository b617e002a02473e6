using EventMesh.Delivery.Sharing;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Delivery;

public sealed class ConcurrencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_nodes_together_run_as_many_attempts_as_the_plan_allows_and_not_one_more()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, _) => path == "/hangs" ? null : 200;
        await using var mesh = (await Mesh.Open(timeout: TimeSpan.FromSeconds(120))).Run(workers: 2);
        await Workspace(mesh, "acme", 5);
        await Workspace(mesh, "bolt", 5);
        // Several, so that it is the workspace that is held, not a connection.
        string[] connections = [.. Enumerable.Range(0, 10).Select(i => $"con_{i}")];
        foreach (var connection in connections) await mesh.Connection("acme", connection, receiver.Url("/hangs"));
        await mesh.Rule("acme", "rul_1", "{}", connections);
        await mesh.Connection("bolt", "con_1", receiver.Url("/bolt"));
        await mesh.Rule("bolt", "rul_1", "{}", "con_1");

        await mesh.Joined;
        for (var i = 0; i < 4; i++) await mesh.Publish("acme", $"e{i}");
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/hangs") == 5), Patience, "five attempts to run");
        // Everything else has its turn many times over meanwhile.
        for (var i = 0; i < 100; i++) await mesh.Publish("bolt", $"e{i}");
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/bolt") == 100), Patience, "the other workspace to be served");
        Assert.Equal(5, receiver.CountOf("/hangs"));

        await Limit(mesh, "acme", 6, 2);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/hangs") == 6), Patience, "the sixth to run");
    }

    [Fact]
    public async Task A_connection_that_hangs_leaves_places_to_the_others_of_a_small_plan()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = (path, _) => path == "/hangs" ? null : 200;
        await using var mesh = (await Mesh.Open(timeout: TimeSpan.FromSeconds(120))).Run();
        await Workspace(mesh, "acme", 4);
        await mesh.Connection("acme", "con_hangs", receiver.Url("/hangs"));
        await mesh.Connection("acme", "con_runs", receiver.Url("/runs"));
        await mesh.Rule("acme", "rul_1", "{}", "con_hangs", "con_runs");

        for (var i = 0; i < 200; i++) await mesh.Publish("acme", $"e{i}");

        await Eventually.True(() => Task.FromResult(receiver.CountOf("/runs") == 200), Patience, "every other delivery to arrive");
        Assert.Equal(3, receiver.CountOf("/hangs"));
    }

    [Fact]
    public async Task A_node_that_joins_waits_until_the_others_know_and_one_that_leaves_is_missed_at_once()
    {
        await using var mesh = await Mesh.Open();
        using var second = new CancellationTokenSource();
        var (a, b) = (new WorkerNodes(mesh.Store, shared: true, TimeProvider.System), new WorkerNodes(mesh.Store, shared: true, TimeProvider.System));
        mesh.Go(a.Run);
        await a.Ready.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(5, a.ShareOf(5));

        var running = b.Run(second.Token);
        await Eventually.True(() =>
        {
            // Never more than the whole, whoever is asked first.
            var (ofB, ofA) = (b.ShareOf(5), a.ShareOf(5));
            Assert.InRange(ofA + ofB, 0, 5);
            return Task.FromResult(ofB > 0);
        }, Patience, "the second to have its part");
        Assert.Equal(5, a.ShareOf(5) + b.ShareOf(5));

        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(0, b.ShareOf(5));
        await Eventually.True(() => Task.FromResult(a.ShareOf(5) == 5), Patience, "the first to have all again");
    }

    private static async Task Workspace(Mesh mesh, string workspace, int limit)
    {
        await mesh.Workspace(workspace);
        await Limit(mesh, workspace, limit, 1);
    }

    private static async Task Limit(Mesh mesh, string workspace, int limit, long version)
    {
        var now = DateTimeOffset.UtcNow;
        await mesh.Store.For(workspace).Append(EventMesh.Domain.Ids.WorkspaceStream, "workspace", version,
            [new WorkspaceEvent.WorkspaceLimitsChanged(new() { ConcurrentDeliveries = limit }, now)], new EventMetadata(now));
    }
}
