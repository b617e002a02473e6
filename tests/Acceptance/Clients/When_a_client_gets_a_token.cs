using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>Clients that are not ours get tokens of a workspace's issuer and verify them: npm's openid-client, jose and oauth4webapi.</summary>
public sealed class When_a_client_gets_a_token(RunningMesh mesh)
{
    [Fact]
    public async Task It_discovers_the_issuer_proves_itself_in_each_way_and_others_verify_what_it_gets()
    {
        var workspace = await mesh.Workspace();
        var (account, secret) = await workspace.Account("publisher", "auditor");
        var key = (await workspace.Post("/keys", """{"name":"app"}""")).Is(HttpStatusCode.Created);
        var issuer = $"{workspace.Process.Address.GetLeftPart(UriPartial.Authority)}/issuers/{workspace.Id}";
        using var node = new NodeScript("issuer.mjs", issuer, account, secret, key["id"], key["key"]);
        (await workspace.Post($"/service-accounts/{account}/credentials", $$"""{"kind":"jwk","jwk":{{await node.Line()}} }""")).Is(HttpStatusCode.Created);
        await node.Say("known");

        foreach (var (step, scope, roles) in new[] { ("client_secret_basic", "auditor publisher", 2), ("client_secret_post", "publisher", 1), ("private_key_jwt", "auditor publisher", 2) })
        {
            var got = await Step(node, step);
            Assert.Equal((scope, 900, "bearer"), (Text(got, "scope"), got["expires_in"]!.GetValue<int>(), Text(got, "token_type").ToLowerInvariant()));
            var claims = got["payload"]!;
            Assert.Equal((account, account, workspace.Id, scope), (Text(claims, "sub"), Text(claims, "client_id"), Text(claims, "tenant_id"), Text(claims, "scope")));
            Assert.Equal(roles, claims["roles"]!.AsArray().Count);
            await Publishes(workspace, Text(got, "token"), step);
        }

        var exchanged = await Step(node, "token_exchange");
        Assert.Equal(("publisher", "urn:ietf:params:oauth:token-type:access_token", key["id"]), (Text(exchanged, "scope"), Text(exchanged, "issued_token_type"), Text(exchanged["payload"]!, "sub")));
        await Publishes(workspace, Text(exchanged, "token"), "exchanged");

        var discovery = await Step(node, "discovery");
        Assert.True(discovery["alike"]!.GetValue<bool>());
        Assert.Equal(issuer + "/token", Text(discovery, "token_endpoint"));
        Assert.Equal($$"""{"step":"resource_server","subject":"{{account}}","client":"{{account}}","tenant":"{{workspace.Id}}","scope":"publisher"}""", (await Step(node, "resource_server")).ToJsonString());

        var revocation = await Step(node, "revocation");
        Assert.True(revocation["before"]!["active"]!.GetValue<bool>());
        Assert.Equal("""["publisher"]""", revocation["before"]!["roles"]!.ToJsonString());
        Assert.Equal("""{"active":false}""", revocation["after"]!.ToJsonString());
        (await workspace.As(Text(revocation, "token")).Get("/events")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");

        Assert.Equal("""{"step":"refusals","secret":"invalid_client","scope":"invalid_scope","resource":"invalid_target","grant":"unsupported_grant_type"}""", (await Step(node, "refusals")).ToJsonString());
    }

    private static async Task Publishes(Workspace workspace, string token, string id)
    {
        (await workspace.As(token).Publish(Workspace.Event(id))).Is(HttpStatusCode.Accepted);
        (await workspace.As(token).Post("/keys", """{"name":"another"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    private static async Task<JsonNode> Step(NodeScript node, string name)
    {
        var step = await node.Json();
        Assert.Equal(name, Text(step, "step"));
        return step;
    }

    private static string Text(JsonNode json, string member) => json[member]!.GetValue<string>();
}
