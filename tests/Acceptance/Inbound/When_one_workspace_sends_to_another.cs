using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Inbound;

/// <summary>A connection's webhooks are what a source of kind <c>standard_webhooks</c> takes, whichever way they are signed.</summary>
public class When_one_workspace_sends_to_another(RunningMesh mesh)
{
    [Theory]
    [InlineData("hmac", "secret")]
    [InlineData("ed25519", "public_key")]
    public async Task What_is_published_there_arrives_here(string scheme, string proof)
    {
        var (theirs, ours) = (await mesh.Workspace(), await mesh.Workspace());
        var connection = (await theirs.Post("/connections", $$"""{"name":"out","kind":"webhook","scheme":"{{scheme}}","config":{"url":"http://127.0.0.1:9/"} }""")).Is(HttpStatusCode.Created);
        using var source = await Provider.Of(ours, """{"kind":"standard_webhooks"}""", secret: connection[proof]);
        var url = new Uri(mesh.Process.Address, source.Path);
        Planted.LeaveOpen(source.Path["/in/".Length..]);
        (await theirs.Patch("/connections/" + connection["id"], $$"""{"config":{"url":"{{url}}"} }""")).Is(HttpStatusCode.OK);
        await theirs.Rule("""{"type":["*"]}""", connection["id"]);
        (await theirs.Publish(Workspace.Event("7", "order.paid"))).Is(HttpStatusCode.Accepted);

        JsonNode[] arrived = [];
        await Eventually.True(async () => (arrived = [.. (await ours.Get("/events")).Items]).Length == 1, TimeSpan.FromSeconds(30), "the event to arrive");
        Assert.Equal("order.paid", arrived[0]["type"]!.GetValue<string>());
        Assert.StartsWith("dlv_", arrived[0]["cloud_event_id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, (await source.Received(1))["refused"]!.GetValue<int>());
    }
}
