using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Clients;

/// <summary>Against npm's oidc-provider: its tokens let people in, as far as the workspace in the route says.</summary>
public sealed class When_a_workspace_trusts_an_identity_provider(RunningMesh mesh) : IAsyncLifetime
{
    private const string Config = """{"audience":"eventmesh","claims":{"app":{"groups":["admins"],"tenant_id":"acme"}}}""";
    private const string Admins = """{"groups":["everybody","admins"],"tenant_id":"acme"}""";

    private OutsideProvider provider = null!;
    private Workspace workspace = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await OutsideProvider.Start(Config);
        workspace = await (await mesh.Workspace()).WithKey();
    }

    public ValueTask DisposeAsync()
    {
        provider.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Its_token_is_accepted_with_the_role_that_its_group_is_mapped_to()
    {
        await Trust(workspace);
        var anna = With(workspace, await provider.Token("anna", Admins));
        var connection = (await anna.Post("/connections", """{"name":"hook","kind":"webhook","config":{"url":"http://127.0.0.1:9/hook"}}""")).Is(HttpStatusCode.Created)["id"];
        var history = (await workspace.Get($"/streams/{connection}")).Is(HttpStatusCode.OK).Text;
        Assert.Contains("\"usr_", history, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", history, StringComparison.Ordinal);

        var auditor = With(workspace, await provider.Token("otto", """{"groups":"readers","tenant_id":"acme"}"""));
        (await auditor.Get("/connections")).Is(HttpStatusCode.OK);
        (await auditor.Post("/connections", "{}")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_token_that_the_provider_itself_issued_is_accepted()
    {
        await Trust(workspace);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.Issuer + "/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "read")]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("app:app-secret"u8));
        using var answer = await http.SendAsync(request);
        var token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
        (await With(workspace, token).Get("/rules")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_token_the_answer_is_the_same_401()
    {
        var id = await Trust(workspace);
        var other = await mesh.Workspace();
        var good = await provider.Token("anna", Admins);
        var nobodys = (await With(workspace, "x").Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized").Text;
        (string Why, string Token, string Path)[] refused =
        [
            ("another audience", await provider.Token("anna", Admins, audience: "another-service"), "/rules"),
            ("expired", await provider.Token("anna", Admins, seconds: -60), "/rules"),
            ("no group that is mapped", await provider.Token("anna", """{"groups":["everybody"],"tenant_id":"acme"}"""), "/rules"),
            ("no groups", await provider.Token("anna", """{"tenant_id":"acme"}"""), "/rules"),
            ("another tenant", await provider.Token("anna", """{"groups":["admins"],"tenant_id":"globex"}"""), "/rules"),
            ("no tenant", await provider.Token("anna", """{"groups":["admins"]}"""), "/rules"),
            ("a changed signature", good[..^6] + "AAAAAA", "/rules"),
            ("without a signature", good[..(good.LastIndexOf('.') + 1)], "/rules"),
            ("another workspace's route", good, other.Path + "/rules"),
            ("a workspace's route that there is not", good, "/v1/workspaces/there-is-none/rules"),
            ("a route without workspace", good, "/v1/workspaces"),
        ];
        foreach (var (why, token, path) in refused)
        {
            var answer = await With(workspace, token).Caller.Get(path == "/rules" ? workspace.Path + path : path);
            Assert.True(answer.Status == HttpStatusCode.Unauthorized && answer.Text == nobodys, $"{why}: {answer.Status} {answer.Text}");
        }
        (await With(workspace, good).Get("/rules")).Is(HttpStatusCode.OK);

        (await workspace.Patch($"/identity-providers/{id}", """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        (await With(workspace, good).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await workspace.Patch($"/identity-providers/{id}", """{"status":"enabled"}""")).Is(HttpStatusCode.OK);
        (await With(workspace, good).Get("/rules")).Is(HttpStatusCode.OK);
        (await workspace.Delete($"/identity-providers/{id}")).Is(HttpStatusCode.NoContent);
        (await With(workspace, good).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Two_workspaces_that_trust_one_provider_do_not_get_each_other_s_people()
    {
        var globex = await (await mesh.Workspace()).WithKey();
        await Trust(workspace);
        await Trust(globex, tenant: "globex");
        var (acmes, theirs) = (await provider.Token("anna", Admins), await provider.Token("bert", """{"groups":["admins"],"tenant_id":"globex"}"""));
        (await With(workspace, acmes).Get("/rules")).Is(HttpStatusCode.OK);
        (await With(globex, theirs).Get("/rules")).Is(HttpStatusCode.OK);
        (await With(globex, acmes).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await With(workspace, theirs).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_new_key_is_found_without_a_restart_and_a_withdrawn_one_holds_no_longer()
    {
        await Trust(workspace);
        var old = await provider.Token("anna", Admins);
        (await With(workspace, old).Get("/rules")).Is(HttpStatusCode.OK);
        (await With(workspace, old).Get("/rules")).Is(HttpStatusCode.OK);
        Assert.Equal(1, await provider.KeysAsked());

        await provider.ReplaceKey();
        (await With(workspace, await provider.Token("anna", Admins)).Get("/rules")).Is(HttpStatusCode.OK);
        (await With(workspace, old).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        // Made up ones make us ask once in a while, not each time.
        for (var i = 0; i < 5; i++) (await With(workspace, old).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal(2, await provider.KeysAsked());
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_lets_nobody_in_whose_key_is_not_known()
    {
        await Trust(workspace);
        await provider.GoDown();
        var anna = await provider.Token("anna", Admins);
        (await With(workspace, anna).Get("/rules")).IsProblem(HttpStatusCode.ServiceUnavailable, "identity_provider_unavailable");
        await provider.ComeUp();
        await Eventually.True(async () => (await With(workspace, anna).Get("/rules")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(30), "the provider to be asked again");

        await provider.ReplaceKey();
        await provider.GoDown();
        (await With(workspace, await provider.Token("anna", Admins)).Get("/rules")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        // Those that are known are good for a while.
        (await With(workspace, anna).Get("/rules")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_test_says_what_was_found()
    {
        var id = await Trust(workspace);
        var found = (await workspace.Post($"/identity-providers/{id}/test", "{}")).Is(HttpStatusCode.OK).Json;
        Assert.True(found["ok"]!.GetValue<bool>(), found.ToJsonString());
        Assert.Equal(provider.Issuer + "/jwks", found["jwks_uri"]!.GetValue<string>());
        Assert.Equal("RSA", Assert.Single(found["keys"]!.AsArray())!["kty"]!.GetValue<string>());
        await provider.GoDown();
        var nothing = (await workspace.Post($"/identity-providers/{id}/test", "{}")).Is(HttpStatusCode.OK).Json;
        Assert.False(nothing["ok"]!.GetValue<bool>());
        Assert.StartsWith("The discovery document: ", Assert.Single(nothing["problems"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task<string> Trust(Workspace at, string tenant = "acme") => (await at.Post("/identity-providers", $$"""
        {"name":"keycloak","issuer":"{{provider.Issuer}}","audiences":["eventmesh"],"roles_claim":"groups","roles":{"admins":["operator","publisher"],"readers":["auditor"]},"tenant_value":"{{tenant}}"}
        """)).Is(HttpStatusCode.Created)["id"];

    private static Workspace With(Workspace workspace, string token) => workspace with { Caller = new(workspace.Process.Client(token)) };
}
