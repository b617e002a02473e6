using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>npm's oidc-provider gives the tokens of client credentials, and says of those that arrive that they are its own.</summary>
public class When_a_provider_gives_tokens(RunningMesh mesh)
{
    private const string Clients = """
        {"clients":[{"client_id":"in header","client_secret":"s3cret +&%","grant_types":["client_credentials"],"redirect_uris":[],"response_types":[],"token_endpoint_auth_method":"client_secret_basic"},
                    {"client_id":"in-body","client_secret":"s3cret +&%","grant_types":["client_credentials"],"redirect_uris":[],"response_types":[],"token_endpoint_auth_method":"client_secret_post"}]}
        """;

    [Theory]
    [InlineData("in header", "basic")]
    [InlineData("in-body", "post")]
    public async Task A_delivery_carries_a_token_that_the_provider_knows(string client, string authentication)
    {
        using var provider = new NodeScript("provider.mjs", Clients);
        var issuer = await provider.Line();
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = (await workspace.Post("/connections", $$"""
            {"name":"crm","kind":"webhook","config":{"url":"{{receiver.Url("/hook")}}"},
             "credential":{"kind":"oauth2_client_credentials","token_url":"{{issuer}}/token","client_id":"{{client}}","client_secret":"s3cret +&%","scopes":["read"],"client_authentication":"{{authentication}}"} }
            """)).Is(HttpStatusCode.Created)["id"];
        await workspace.Rule("{}", id);
        for (var n = 0; n < 3; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 3), TimeSpan.FromSeconds(30), "all arrive");

        var token = Assert.Single(receiver.Arrived.Select(a => a.Headers.Authorization.ToString()).Distinct())["Bearer ".Length..];
        using var http = new HttpClient();
        var form = new Dictionary<string, string> { ["token"] = token, ["client_id"] = "in-body", ["client_secret"] = "s3cret +&%" };
        using var said = await http.PostAsync($"{issuer}/token/introspection", new FormUrlEncodedContent(form), TestContext.Current.CancellationToken);
        var known = (await said.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.True(said.IsSuccessStatusCode, known.ToJsonString());
        if (client == "in-body") Assert.Equal((true, client, "read"), (known["active"]!.GetValue<bool>(), known["client_id"]!.GetValue<string>(), known["scope"]!.GetValue<string>()));
        await provider.Say("""{"do":"asked"}""");
        Assert.Equal(1, (await provider.Json())["/token"]!.GetValue<int>());
    }
}
