using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.OAuth;

/// <summary>OAuth 2.0 authorization code end to end, with npm's oidc-provider.</summary>
public sealed class When_a_connection_is_authorized(RunningMesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Its_requests_carry_the_token_and_nobody_sees_it()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        await using var receiver = await Receiver.Start();
        var connection = await target.Connection(workspace, receiver.Url("/hook").ToString());
        await workspace.Rule("{}", connection);
        Assert.Equal("unauthorized", (await Status(workspace, connection))!);

        var page = (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        Assert.Contains("You can close this window", page.Text, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("active", await Status(workspace, connection));
        var authorization = (await workspace.Get($"/connections/{connection}/authorization")).Is(HttpStatusCode.OK);
        Assert.Equal(["openid", "offline_access", "contacts"], authorization.Json["scopes"]!.AsArray().Select(s => s!.GetValue<string>()));

        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Patience, "the delivery");
        var shown = receiver.Arrived.Single().Headers["Authorization"].ToString();
        Assert.StartsWith("Bearer ", shown, StringComparison.Ordinal);

        var token = shown["Bearer ".Length..];
        Planted.Add(token);
        var history = (await workspace.Get($"/streams/{connection}")).Is(HttpStatusCode.OK);
        Assert.Contains("connection_authorized", history.Text, StringComparison.Ordinal);
        foreach (var seen in new[] { history.Text, authorization.Text, (await workspace.Get("/connections/" + connection)).Text, (await workspace.Get("/feed")).Text, (await workspace.Get("/oauth-apps")).Text, string.Join('\n', mesh.Process.Lines) })
        {
            Assert.DoesNotContain(token, seen, StringComparison.Ordinal);
            Assert.DoesNotContain(OAuthTarget.ClientSecret, seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_state_opens_once_and_an_invented_one_never()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        using var browser = new Browser();
        var callback = await browser.Consent((await workspace.Post($"/connections/{connection}/authorize", "{}"))["authorize_url"]);
        (await browser.Open(callback)).Is(HttpStatusCode.OK);

        var again = (await browser.Open(callback)).Is(HttpStatusCode.BadRequest);
        var invented = (await browser.Open($"{OAuthTarget.Redirect(mesh.Process)}?state={new string('a', 43)}&code=x")).Is(HttpStatusCode.BadRequest);
        var none = (await browser.Open($"{OAuthTarget.Redirect(mesh.Process)}?code=x")).Is(HttpStatusCode.BadRequest);
        var twice = (await browser.Open(callback + "&state=b")).Is(HttpStatusCode.BadRequest);
        Assert.Equal(again.Text, invented.Text);
        Assert.Equal(again.Text, none.Text);
        Assert.Equal(again.Text, twice.Text);
        Assert.DoesNotContain(connection, again.Text, StringComparison.Ordinal);
        Assert.Equal(1, await target.Count("exchanged"));
    }

    [Fact]
    public async Task Only_the_exact_redirect_is_a_callback()
    {
        using var browser = new Browser();
        var redirect = OAuthTarget.Redirect(mesh.Process);
        foreach (var path in new[] { "/x", "/", "/..%2fcallback", ".html" }) (await browser.Open(redirect + path)).Is(HttpStatusCode.NotFound);
        (await browser.Press(redirect)).Is(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task What_the_provider_refuses_is_shown_as_text_and_changes_nothing()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        using var browser = new Browser();
        var state = StateOf((await workspace.Post($"/connections/{connection}/authorize", "{}"))["authorize_url"]);
        var refused = (await browser.Open($"{OAuthTarget.Redirect(mesh.Process)}?state={state}&iss={Uri.EscapeDataString(target.Issuer)}&error=access_denied&error_description={Uri.EscapeDataString("<script>alert(1)</script>")}")).Is(HttpStatusCode.BadRequest);
        Assert.Contains("access_denied", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", refused.Text, StringComparison.Ordinal);
        Assert.Equal("unauthorized", await Status(workspace, connection));
    }

    [Theory]
    [InlineData("&iss=https%3A%2F%2Fevil.example")]
    [InlineData("")]
    public async Task An_answer_of_another_issuer_is_not_taken(string issuer)
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        using var browser = new Browser();
        var callback = new Uri(await browser.Consent((await workspace.Post($"/connections/{connection}/authorize", "{}"))["authorize_url"]));
        var query = string.Join('&', callback.Query.TrimStart('?').Split('&').Where(p => !p.StartsWith("iss=", StringComparison.Ordinal)));
        (await browser.Open($"{callback.GetLeftPart(UriPartial.Path)}?{query}{issuer}")).Is(HttpStatusCode.BadRequest);
        Assert.Equal(0, await target.Count("exchanged"));
        Assert.Equal("unauthorized", await Status(workspace, connection));
    }

    [Fact]
    public async Task What_a_revoked_key_began_ends_with_it()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        var leaked = (await workspace.Post("/keys", """{"name":"leaked","roles":["developer"]}""")).Is(HttpStatusCode.Created);
        var holder = workspace with { Caller = new(mesh.Process.Client(leaked["key"])) };
        using var browser = new Browser();
        var callback = await browser.Consent((await holder.Post($"/connections/{connection}/authorize", "{}")).Is(HttpStatusCode.OK)["authorize_url"]);
        var link = (await holder.Post("/connect-sessions", $$"""{"connection":"{{connection}}"}""")).Is(HttpStatusCode.Created)["link"];
        (await browser.Open(link)).Is(HttpStatusCode.OK);

        (await workspace.Delete("/keys/" + leaked["id"])).Is(HttpStatusCode.NoContent);
        (await browser.Open(callback)).Is(HttpStatusCode.BadRequest);
        (await browser.Open(link)).Is(HttpStatusCode.NotFound);
        (await browser.Press(link)).Is(HttpStatusCode.NotFound);
        Assert.Equal(0, await target.Count("exchanged"));
        Assert.Equal("unauthorized", await Status(workspace, connection));
    }

    [Fact]
    public async Task What_was_allowed_for_one_account_connects_no_other()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        using var browser = new Browser();
        var callback = await browser.Consent((await workspace.Post($"/connections/{connection}/authorize", "{}"))["authorize_url"]);
        (await workspace.Send(HttpMethod.Put, $"/connections/{connection}/credential", """{"kind":"oauth2","provider":"oidc","parameters":{"issuer":"https://another.example"}}""")).Is(HttpStatusCode.OK);
        (await browser.Open(callback)).Is(HttpStatusCode.Conflict);
        Assert.Equal(0, await target.Count("exchanged"));
        Assert.Equal("unauthorized", await Status(workspace, connection));
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        var workspace = await mesh.Workspace();
        var plain = await workspace.Connection();
        (await workspace.Post($"/connections/{plain}/authorize", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post("/connections/con_none/authorize", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Post("/connections", """{"name":"s","kind":"webhook","config":{"url":"http://127.0.0.1:9/"},"credential":{"kind":"oauth2","provider":"shopify"}}"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("credential.parameters.shop", "is required");
        var hub = (await workspace.Post("/connections", """{"name":"h","kind":"webhook","config":{"url":"http://127.0.0.1:9/"},"credential":{"kind":"oauth2","provider":"hubspot"}}""")).Is(HttpStatusCode.Created)["id"];
        (await workspace.Post($"/connections/{hub}/authorize", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await workspace.Post($"/connections/{hub}/authorize", """{"scopes":["a b"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("scopes", "printable");
        (await workspace.Post($"/connections/{hub}/authorize", """{"return_to":"https://evil.example/"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("return_to", "allowed origins");
        (await workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/oauth-apps/nobody", """{"client_id":"a"}""", "application/json")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task An_app_is_set_read_and_removed_without_its_secret()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/oauth-apps/hubspot", """{"client_id":"abc","client_secret":"hush-hush"}""", "application/json")).Is(HttpStatusCode.OK);
        var read = (await workspace.Get("/oauth-apps/hubspot")).Is(HttpStatusCode.OK);
        Assert.Equal("abc", read["client_id"]);
        Assert.True(read.Json["has_secret"]!.GetValue<bool>());
        Assert.DoesNotContain("hush-hush", read.Text + (await workspace.Get("/streams/oap_hubspot")).Text, StringComparison.Ordinal);
        var url = (await workspace.Post($"/connections/{(await workspace.Post("/connections", """{"name":"h","kind":"webhook","config":{"url":"http://127.0.0.1:9/"},"credential":{"kind":"oauth2","provider":"hubspot"}}"""))["id"]}/authorize", "{}")).Is(HttpStatusCode.OK)["authorize_url"];
        Assert.StartsWith("https://app.hubspot.com/oauth/authorize?response_type=code&client_id=abc&", url, StringComparison.Ordinal);
        (await workspace.Delete("/oauth-apps/hubspot")).Is(HttpStatusCode.NoContent);
        (await workspace.Get("/oauth-apps/hubspot")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Delete("/oauth-apps/hubspot")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_person_is_led_back_to_a_page_of_the_workspaces_own()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        (await workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/origins", """{"allowed_origins":["https://app.example"]}""", "application/json")).Is(HttpStatusCode.OK);
        foreach (var elsewhere in new[] { "https://app.example.evil/", "https://app.example@evil/", "http://app.example/", "javascript:alert(1)", "//app.example/" })
            (await workspace.Post($"/connections/{connection}/authorize", $$"""{"return_to":"{{elsewhere}}"}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
        using var browser = new Browser();
        var led = await browser.Open(await browser.Consent((await workspace.Post($"/connections/{connection}/authorize", """{"return_to":"https://app.example/done?a=1#x"}""")).Is(HttpStatusCode.OK)["authorize_url"]));
        led.Is(HttpStatusCode.SeeOther);
        Assert.Equal($"https://app.example/done?a=1&connection={connection}&result=authorized#x", led.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_platforms_app_serves_a_workspace_that_has_none()
    {
        var workspace = await mesh.Workspace();
        const string App = """{"client_id":"of-the-platform","client_secret":"hush-hush"}""";
        (await workspace.Caller.Send(HttpMethod.Put, "/v1/oauth-apps/mailchimp", App, "application/json")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
        (await mesh.Admin.Send(HttpMethod.Put, "/v1/oauth-apps/mailchimp", App, "application/json")).Is(HttpStatusCode.OK);
        Assert.True((await workspace.Get("/oauth-apps/mailchimp")).Is(HttpStatusCode.OK).Json["platform"]!.GetValue<bool>());
        var connection = (await workspace.Post("/connections", """{"name":"m","kind":"webhook","config":{"url":"http://127.0.0.1:9/"},"credential":{"kind":"oauth2","provider":"mailchimp"}}""")).Is(HttpStatusCode.Created)["id"];
        Assert.Contains("client_id=of-the-platform&", (await workspace.Post($"/connections/{connection}/authorize", "{}")).Is(HttpStatusCode.OK)["authorize_url"], StringComparison.Ordinal);
        (await mesh.Admin.Delete("/v1/oauth-apps/mailchimp")).Is(HttpStatusCode.NoContent);
        (await workspace.Post($"/connections/{connection}/authorize", "{}")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    internal static async Task<string?> Status(Workspace workspace, string connection) =>
        (await workspace.Get($"/connections/{connection}/authorization")).Is(HttpStatusCode.OK)["status"];

    private static string StateOf(string authorizeUrl) => new Uri(authorizeUrl).Query.TrimStart('?').Split('&').Single(p => p.StartsWith("state=", StringComparison.Ordinal))["state=".Length..];
}
