using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using Xunit;

namespace EventMesh.Tests.Acceptance.Inbound;

/// <summary>npm's Standard Webhooks library and node's crypto sign, over HTTP, as the providers' documentation says.</summary>
public class When_providers_are_not_ours(RunningMesh mesh)
{
    private const string Shopify = """{"kind":"hmac","header":"X-Shopify-Hmac-SHA256","encoding":"base64"}""";
    private const string ShopifyEvent = ""","event":{"type":{"header":"X-Shopify-Topic","prefix":"shopify."},"id":{"header":"X-Shopify-Webhook-Id"}}""";

    [Theory]
    [InlineData("standard_webhooks", """{"kind":"standard_webhooks"}""", "", null, "invoice.paid", "msg_outside")]
    [InlineData("github", """{"kind":"github"}""", "", null, "github.issues", "72d3162e-cc78-11e3-81ab-4c9367dc0958")]
    [InlineData("stripe", """{"kind":"stripe"}""", "", "whsec_stripes_own_secret", "stripe.invoice.paid", "evt_outside")]
    [InlineData("slack", """{"kind":"slack"}""", "", "8f742231b10e8888abcd99yyyzzz85a5", "slack.message", "Ev_outside")]
    [InlineData("hmac", Shopify, ShopifyEvent, "shpss_hush-hush-hush", "shopify.orders/create", "b54557e4")]
    [InlineData("basic", """{"kind":"basic","username":"provider"}""", ""","event":{"id":{"path":"$.id"}}""", null, "webhook.received", "evt_outside")]
    [InlineData("api_key", """{"kind":"api_key","header":"X-Api-Key"}""", ""","event":{"id":{"path":"$.id"}}""", null, "webhook.received", "evt_outside")]
    public async Task What_they_sign_is_published_and_what_was_changed_is_not(string kind, string verification, string further, string? secret, string type, string id)
    {
        var workspace = await mesh.Workspace();
        using var provider = await Provider.Of(workspace, verification, further, secret);
        if (kind is not ("basic" or "api_key")) Assert.Equal(401, Status(await Send("tampered")));
        if (kind is "standard_webhooks" or "stripe" or "slack") Assert.Equal(401, Status(await Send("stale")));
        Assert.Empty((await workspace.Get("/events")).Items);
        var sent = await Send();
        Assert.True(Status(sent) == 202, sent.ToJsonString());
        Assert.Equal(200, Status(await Send()));
        var published = (await workspace.Get("/events/" + sent["answer"]!["id"])).Is(HttpStatusCode.OK);
        Assert.Equal((type, id), (published["type"], published["cloud_event_id"]));

        async Task<JsonNode> Send(string fault = "")
        {
            using var script = new NodeScript("send.mjs", mesh.Process.Address.OriginalString, kind, provider.Path, provider.Secret, fault);
            return await script.Json();
        }

        static int Status(JsonNode sent) => sent["status"]!.GetValue<int>();
    }
}
