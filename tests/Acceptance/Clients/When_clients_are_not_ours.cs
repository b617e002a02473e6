using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>The CloudEvents SDK publishes and reads, and npm's Standard Webhooks library verifies: neither is ours.</summary>
public sealed class When_clients_are_not_ours
{
    [Fact]
    public async Task The_CloudEvents_SDK_publishes_in_every_mode_and_Standard_Webhooks_verifies_what_arrives()
    {
        await using var servers = await OwnServers.Start(OwnServers.Broker);
        await using var node = await servers.Node();
        using var admin = node.Client();
        using var receiver = new NodeScript("receive.mjs");
        var port = await receiver.Line();

        await Post(admin, "/v1/workspaces", """{"id":"acme","name":"Acme"}""");
        var key = await Post(admin, "/v1/workspaces/acme/keys", """{"name":"app"}""");
        using var client = node.Client(key["key"]!.GetValue<string>());
        var connection = await Post(client, "/v1/workspaces/acme/connections", $$"""{"name":"t","kind":"webhook","config":{"url":"http://127.0.0.1:{{port}}/"} }""");
        await receiver.Say(connection["secret"]!.GetValue<string>());
        await Post(client, "/v1/workspaces/acme/rules", $$"""{"name":"all","filter":{"type":["order.*"]},"connections":["{{connection["id"]}}"]}""");

        using var publisher = new NodeScript("publish.mjs", node.Address.OriginalString, "acme", key["key"]!.GetValue<string>());
        foreach (var mode in new[] { "structured", "binary", "binary-text", "batch" })
        {
            var answer = await publisher.Json();
            Assert.True(answer["status"]!.GetValue<int>() == 202, answer.ToJsonString());
            Assert.Equal(mode, answer["mode"]!.GetValue<string>());
        }

        var arrived = new Dictionary<string, JsonNode>();
        while (arrived.Count < 5)
        {
            var webhook = await receiver.Json();
            Assert.True(webhook["fault"] is null, webhook.ToJsonString());
            Assert.True(webhook["verified"]!.GetValue<bool>());
            Assert.StartsWith("dlv_", webhook["webhook_id"]!.GetValue<string>());
            Assert.True(arrived.TryAdd(webhook["id"]!.GetValue<string>(), webhook), "an event arrived twice");
        }
        foreach (var id in new[] { "structured", "binary", "batch-1", "batch-2" })
        {
            var webhook = arrived[id];
            Assert.Equal("""["/sdk","order.created","order-7","2026-01-02T03:04:05.678Z","order","7"]""",
                new JsonArray([.. new[] { "source", "type", "subject", "time", "resource", "resourceid" }.Select(name => webhook[name]?.DeepClone())]).ToJsonString());
            Assert.Equal(120, webhook["data"]!["total"]!.GetValue<int>());
            Assert.Equal("Żółć ☃", webhook["data"]!["name"]!.GetValue<string>());
        }
        Assert.Equal("just words", arrived["binary-text"]["data"]!.GetValue<string>());
    }

    private static async Task<JsonNode> Post(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(path, content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
