using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_keys_are_rotated(RunningMesh mesh)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_workspace_takes_a_new_data_key_and_its_history_tells_of_it()
    {
        var workspace = await mesh.Workspace();
        for (var i = 0; i < 5; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        Assert.Equal("1", (await workspace.Get("/encryption")).Json["current"]!.ToString());

        var rotated = (await workspace.Post("/encryption/rotate", "")).Is(HttpStatusCode.Accepted);
        // Of this rotation, although nobody may have begun to work on it.
        Assert.Equal(("2", "2"), (rotated.Json["current"]!.ToString(), rotated.Json["rotation"]!["number"]!.ToString()));
        (await workspace.Publish(Workspace.Event("after"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await workspace.Get("/encryption")).Json["rotation"]?["phase"]?.ToString() == "done", Soon, "the rotation to end");

        var ended = await workspace.Get("/encryption");
        Assert.Equal(("destroyed", "current", "100"), (ended.Json["data_keys"]![0]!["state"]!.ToString(), ended.Json["data_keys"]![1]!["state"]!.ToString(), ended.Json["rotation"]!["percent"]!.ToString()));
        Assert.DoesNotContain("wrapped\":\"", ended.Text, StringComparison.Ordinal);
        var told = (await workspace.Get("/streams/data-keys")).Is(HttpStatusCode.OK);
        Assert.Equal(["data_key_created", "data_key_rotated", "data_key_retired"], told.Items.Select(e => e!["type"]!.ToString()));
        Assert.StartsWith("key_", told.Items[1]!["actor"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_concerns_the_master_key_is_for_the_platform_alone()
    {
        var admin = new Caller(mesh.Process.Client());
        var shown = (await admin.Get("/v1/encryption")).Is(HttpStatusCode.OK);
        Assert.Equal(("test", "100"), (shown["master_key"], shown.Json["percent"]!.ToString()));
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Get("/v1/encryption")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await workspace.Caller.Post("/v1/encryption/rewrap", "")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        var other = await mesh.Workspace();
        (await workspace.Caller.Post(other.Path + "/encryption/rotate", "")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_node_makes_its_own_master_key_once_and_another_without_it_does_not_start()
    {
        var settings = new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = await (await PostgresServer.Shared).CreateDatabase("homes"), ["EVENTMESH_MASTER_KEY"] = "", ["EVENTMESH_ADMIN_TOKEN"] = "the-admin-of-this-test" };
        await using var node = await EventMeshProcess.Start(settings);
        var file = Path.Combine(node.Home, "master-key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var id = File.ReadAllLines(file)[^1].Split(':')[0];

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => EventMeshProcess.Start(settings));
        Assert.Contains(id, refused.Message, StringComparison.Ordinal);
        Assert.Contains("EVENTMESH_MASTER_KEY_FILE", refused.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 2", refused.Message, StringComparison.Ordinal);

        // With the first one's file it starts.
        await using var second = await EventMeshProcess.Start(new Dictionary<string, string>(settings) { ["EVENTMESH_MASTER_KEY_FILE"] = file });
        // A new key is added, becomes current, and wraps everything while both run.
        var lines = File.ReadAllLines(file);
        File.WriteAllLines(file, ["next:" + EventMeshProcess.TestMasterKey[5..], .. lines]);
        using var client = node.Client();
        var rewrapped = (await new Caller(client).Post("/v1/encryption/rewrap", "")).Is(HttpStatusCode.Accepted);
        Assert.Equal("next", rewrapped["wanted"]);
        await Eventually.True(async () => (await new Caller(client).Get("/v1/encryption")).Json["percent"]!.ToString() == "100", Soon, "every data key to be wrapped anew");
        Assert.Equal("next", (await new Caller(second.Client()).Get("/v1/encryption")).Json["data_keys"]![0]!["master_key"]!.ToString());
        var workspace = await Workspace.New(second);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
    }
}
