using System.Net;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>OAuth 2.0 client credentials, with a small token endpoint and a target that knows its tokens.</summary>
public class When_tokens_are_asked_for(RunningMesh mesh)
{
    private static readonly string Canary = Planted.New();
    private static readonly string TokenCanary = Planted.New();
    private static readonly string Secret = Canary + "&+ %";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("basic")]
    [InlineData("post")]
    public async Task One_token_serves_many_deliveries_and_is_nowhere_to_be_seen(string authentication)
    {
        await using var endpoint = await TokenEndpoint.Start();
        endpoint.Prefix = TokenCanary;
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        var id = await Connection(workspace, receiver, endpoint,
            $$""","client_authentication":"{{authentication}}","scopes":["read","write"],"audience":"crm","resource":"https://crm.example","parameters":{"tenant":"7"}""");
        for (var n = 0; n < 20; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 20), Soon, "all arrive");
        Assert.All(receiver.Arrived, a => Assert.Equal($"Bearer {TokenCanary}1", a.Headers.Authorization.ToString()));

        var asked = Assert.Single(endpoint.Asked);
        var expected = new SortedDictionary<string, string>
        {
            ["audience"] = "crm", ["grant_type"] = "client_credentials", ["resource"] = "https://crm.example", ["scope"] = "read write", ["tenant"] = "7",
        };
        if (authentication == "post") (expected["client_id"], expected["client_secret"]) = ("my client", Secret);
        Assert.Equal(expected, new SortedDictionary<string, string>(asked.Form.ToDictionary()));
        // RFC 6749 §2.3.1: form-encoded, then joined.
        Assert.Equal(authentication == "post" ? null : "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"my+client:{Canary}%26%2B+%25")), asked.Authorization);

        foreach (var answer in new[] { await workspace.Get("/connections/" + id), await workspace.Get("/streams/" + id), await workspace.Get("/feed") })
        {
            Assert.DoesNotContain(Canary, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(TokenCanary, answer.Text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(Canary, StringComparison.Ordinal) || line.Contains(TokenCanary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_replaced_before_it_ends()
    {
        await using var endpoint = await TokenEndpoint.Start();
        // Half of it is used: after a second another one is asked for.
        endpoint.ExpiresIn = 2;
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        await Connection(workspace, receiver, endpoint);
        var n = 0;
        await Eventually.True(async () =>
        {
            (await workspace.Publish(Workspace.Event($"{n++}"))).Is(HttpStatusCode.Accepted);
            return receiver.Arrived.Any(a => a.Headers.Authorization == "Bearer token-2");
        }, Soon, "another token is used");
        Assert.All(receiver.Arrived, a => Assert.Matches("^Bearer token-[1-9]$", a.Headers.Authorization.ToString()));
    }

    [Fact]
    public async Task A_token_that_the_target_refuses_is_forgotten_and_the_delivery_tried_again_soon()
    {
        await using var endpoint = await TokenEndpoint.Start();
        await using var receiver = await Receiver.Start();
        receiver.AnswerTo = a => Task.FromResult<int?>(a.Headers.Authorization == "Bearer token-1" ? 401 : 200);
        var workspace = await mesh.Workspace();
        await Connection(workspace, receiver, endpoint, further: "", config: ""","retry_schedule":[3600]""");
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 2), Soon, "it is tried again");
        Assert.Equal(["Bearer token-1", "Bearer token-2"], receiver.Arrived.Select(a => a.Headers.Authorization.ToString()));
        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items is [var d] && d["status"]!.GetValue<string>() == "delivered" && d["attempts_made"]!.GetValue<int>() == 2, Soon, "two attempts");
    }

    [Fact]
    public async Task A_target_that_refuses_every_token_does_not_make_us_ask_for_ever()
    {
        await using var endpoint = await TokenEndpoint.Start();
        await using var receiver = await Receiver.Start();
        receiver.Answer = (_, _) => 401;
        var workspace = await mesh.Workspace();
        await Connection(workspace, receiver, endpoint, further: "", config: ""","retry_schedule":[1,1]""");
        for (var n = 0; n < 10; n++) (await workspace.Publish(Workspace.Event($"{n}"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Count == 30), Soon, "all attempts are made");
        Assert.InRange(endpoint.Given, 2, 4);
    }

    [Fact]
    public async Task A_token_endpoint_that_fails_is_a_failure_of_its_own_and_its_words_are_not_repeated()
    {
        await using var endpoint = await TokenEndpoint.Start();
        endpoint.Instead = n => n == 1 ? (400, $$"""{"error":"invalid_client","error_description":"who is my client with {{Canary}}"}""") : null;
        await using var receiver = await Receiver.Start();
        var workspace = await mesh.Workspace();
        await Connection(workspace, receiver, endpoint, further: "", config: ""","retry_schedule":[4]""");
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Soon, "it arrives with the next attempt");
        await Eventually.True(async () => (await workspace.Get("/deliveries")).Items is [var d] && d["status"]!.GetValue<string>() == "delivered", Soon, "it is listed");
        var failed = (await workspace.Get("/deliveries/" + (await workspace.Get("/deliveries")).Items[0]["id"]!.GetValue<string>())).Json["attempts"]![0]!;
        Assert.Equal(("credential_unavailable", "the token endpoint answered 400 (invalid_client)"), (failed["outcome"]!.GetValue<string>(), failed["error"]!.GetValue<string>()));
        Assert.DoesNotContain(Canary, (await workspace.Get("/feed")).Text, StringComparison.Ordinal);
        Assert.Equal("closed", (await workspace.Get("/connections")).Items[0]["circuit"]!["state"]!.GetValue<string>());
    }

    private static async Task<string> Connection(Workspace workspace, Receiver receiver, TokenEndpoint endpoint, string further = "", string config = "")
    {
        var created = await workspace.Post("/connections", $$"""
            {"name":"crm","kind":"webhook","config":{"url":"{{receiver.Url("/hook")}}"{{config}}},
             "credential":{"kind":"oauth2_client_credentials","token_url":"{{endpoint.Url}}","client_id":"my client","client_secret":"{{Secret}}"{{further}} } }
            """);
        var id = created.Is(HttpStatusCode.Created)["id"];
        await workspace.Rule("{}", id);
        return id;
    }
}
