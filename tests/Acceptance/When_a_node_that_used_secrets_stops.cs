using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public sealed class When_a_node_that_used_secrets_stops
{
    [Fact]
    public async Task It_has_told_of_each_use_that_it_counted()
    {
        const int Events = 20;
        await using var receiver = await Receiver.Start();
        await using var process = await RunningMesh.StartOn(await (await PostgresServer.Shared).CreateDatabase("uses"));
        var workspace = await (await Workspace.New(process)).WithKey();
        var connection = await workspace.Connection(receiver.Url("/").ToString());
        await workspace.Rule("{}", connection);
        for (var i = 0; i < Events; i++) (await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.CountOf("/") >= Events), TimeSpan.FromSeconds(30), "the deliveries");
        Assert.Equal(0, await process.Terminate());
        await process.StartAgain();

        var told = (await workspace.Get("/feed?limit=1000")).Is(HttpStatusCode.OK).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .Where(e => e["type"]!.GetValue<string>() == "secret_used").ToList();
        Assert.Equal(Events, told.Sum(t => t["data"]!["count"]!.GetValue<int>()));
        Assert.All(told, t => Assert.Equal($"connections/{connection}/signing", t["data"]!["secret"]!.GetValue<string>()));
        Assert.All(told, t => Assert.StartsWith("dlv_", t["data"]!["runs"]![0]!.GetValue<string>(), StringComparison.Ordinal));
    }
}
