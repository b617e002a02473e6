using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Chaos;

/// <summary>kill -9 of the node that carries a replay out: another goes on with it, and nothing is made twice.</summary>
[Trait("Category", "Chaos")]
public sealed class When_a_replay_loses_its_node
{
    private const int Events = 60;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Another_node_goes_on_and_the_counts_are_right()
    {
        await using var servers = await OwnServers.Start(OwnServers.Broker);
        await using var receiver = await Receiver.Start();
        await using var one = await servers.Node();
        await using var other = await servers.Node();
        var workspace = await Workspace.New(one);
        var connection = await workspace.Connection(receiver.Url("/hook").ToString());
        var events = new List<string>();
        for (var i = 0; i < Events; i++) events.Add((await workspace.Publish(Workspace.Event($"{i}"))).Is(HttpStatusCode.Accepted)["id"]);
        await workspace.Rule("{}", connection);
        var since = DateTime.UtcNow.AddHours(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var id = (await workspace.Post("/replays", $$"""{"kind":"missing","filter":{"since":"{{since}}"},"rate_per_second":12}""")).Is(HttpStatusCode.Accepted)["id"];
        await Eventually.True(async () => Done(await workspace.Get("/replays/" + id)) >= 12, Deadline, "the replay to be under way");

        var doomed = one.Lines.Any(l => l.Contains("replay.taken", StringComparison.Ordinal)) ? one : other;
        await doomed.Kill();
        var survivor = doomed == one ? other : one;
        workspace = workspace.On(survivor);

        Answer? ended = null;
        await Eventually.True(async () => (ended = await workspace.Get("/replays/" + id))["status"] == "finished", Deadline, "the other node to end it");
        Assert.Equal((Events, Events), (ended!.Json["found"]!.GetValue<int>(), Done(ended)));
        Assert.Empty(ended.Json["skipped"]!.AsObject());
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Select(a => a.WebhookId).Distinct().Count() == Events), Deadline, "everything to arrive");
        foreach (var @event in events) Assert.Single((await workspace.Get("/events/" + @event)).Json["deliveries"]!.AsArray());
    }

    private static int Done(Answer replay) => replay.Json["done"] is JsonNode done ? done.GetValue<int>() : 0;
}
