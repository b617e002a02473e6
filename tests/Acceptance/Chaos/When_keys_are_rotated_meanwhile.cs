using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>A workspace takes new data keys while its events are published and delivered on two nodes, and the node that seals anew is killed half-way.</summary>
[Trait("Category", "Chaos")]
public sealed class When_keys_are_rotated_meanwhile
{
    private const int Before = 6_000;
    private const int Meanwhile = 1_500;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Everything_arrives_and_another_node_ends_the_rotation()
    {
        await using var servers = await OwnServers.Start(OwnServers.Broker);
        await using var doomed = await servers.Node();
        await using var flow = await Flow.Start(doomed);
        await flow.Publish(Before, doomed);
        await flow.EverythingArrives();
        await using var other = await servers.Node();
        var (first, second) = (new Workspace(doomed, Flow.Workspace, "", new(flow.Keys.Client(doomed))), new Workspace(other, Flow.Workspace, "", new(flow.Keys.Client(other))));

        var publishing = flow.Publish(Before + Meanwhile, doomed, other);
        (await first.Post("/encryption/rotate", "")).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => await Phase(second) is not null, Soon, "the rotation to begin");
        await doomed.Kill();
        await publishing;
        await flow.EverythingArrives();
        await Eventually.True(async () => await Phase(second) == "done", Soon, "the rotation to end on the other node");
        Assert.Equal(["destroyed", "current"], (await second.Get("/encryption")).Json["data_keys"]!.AsArray().Select(k => k!["state"]!.ToString()));

        // What was sealed before opens with the new key.
        var replayed = (await second.Post("/replays", $$"""{"kind":"deliveries","filter":{"statuses":["delivered"],"since":"{{DateTime.UtcNow.AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}}"},"rate_per_second":1000}""")).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await second.Get("/replays/" + replayed["id"])).Json["status"]!.ToString() == "finished", Soon, "the replay to end");
        await flow.EverythingArrives();
        Assert.Empty((await second.Get("/deliveries?status=dead_lettered")).Items);

        static async Task<string?> Phase(Workspace at) => (await at.Get("/encryption")).Json["rotation"]?["phase"]?.ToString();
    }
}
