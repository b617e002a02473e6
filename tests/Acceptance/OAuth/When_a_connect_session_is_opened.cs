using System.Net;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.OAuth;

/// <summary>A link for somebody without a key: it connects one thing, once, and opens nothing else.</summary>
public sealed class When_a_connect_session_is_opened(RunningMesh mesh)
{
    [Fact]
    public async Task It_shows_what_will_be_connected_and_connects_it_once()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        var made = (await workspace.Post("/connect-sessions", """{"provider":"oidc"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(connection, made["connection"]);
        using var browser = new Browser();
        var page = (await browser.Open(made["link"])).Is(HttpStatusCode.OK);
        foreach (var shown in new[] { "Acme", "OpenID Connect", "crm", "contacts" }) Assert.Contains(shown, page.Text, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        var callback = await browser.Consent(await Led(browser, made["link"]));
        (await browser.Open(callback)).Is(HttpStatusCode.OK);
        Assert.Equal("active", await When_a_connection_is_authorized.Status(workspace, connection));
        (await browser.Open(made["link"])).Is(HttpStatusCode.NotFound);
        (await browser.Press(made["link"])).Is(HttpStatusCode.NotFound);

        var history = (await workspace.Get($"/streams/{made["id"]}")).Is(HttpStatusCode.OK).Text;
        Assert.Contains("connect_session_created", history, StringComparison.Ordinal);
        Assert.Contains("connect_session_used", history, StringComparison.Ordinal);
        Assert.DoesNotContain(TokenOf(made["link"]), history + (await workspace.Get("/feed")).Text + string.Join('\n', mesh.Process.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begun_twice_it_connects_once()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        await target.Connection(workspace);
        var link = (await workspace.Post("/connect-sessions", """{"provider":"oidc"}"""))["link"];
        using var here = new Browser();
        using var there = new Browser();
        var (first, second) = (await here.Consent(await Led(here, link)), await there.Consent(await Led(there, link)));
        (await here.Open(first)).Is(HttpStatusCode.OK);
        (await there.Open(second)).Is(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Another_browser_cannot_end_what_this_one_began()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        var link = (await workspace.Post("/connect-sessions", """{"provider":"oidc"}"""))["link"];
        using var mine = new Browser();
        using var other = new Browser();
        (await other.Open(await mine.Consent(await Led(mine, link)))).Is(HttpStatusCode.BadRequest);
        Assert.Equal("unauthorized", await When_a_connection_is_authorized.Status(workspace, connection));
        Assert.Equal(0, await target.Count("exchanged"));
    }

    [Fact]
    public async Task Another_sites_form_is_no_press_of_the_button()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        await target.Connection(workspace);
        var link = (await workspace.Post("/connect-sessions", """{"provider":"oidc"}"""))["link"];
        using var browser = new Browser();
        foreach (var site in new[] { "cross-site", "same-site", "none" })
        {
            var led = (await browser.Press(link, site)).Is(HttpStatusCode.SeeOther);
            Assert.Equal(link, led.Headers.Location!.OriginalString);
            Assert.False(led.Headers.Contains("Set-Cookie"));
        }
        (await browser.Press(link, "same-origin")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Its_token_opens_nothing_else()
    {
        var workspace = await mesh.Workspace();
        using var target = await OAuthTarget.Start(mesh.Process);
        var connection = await target.Connection(workspace);
        var token = TokenOf((await workspace.Post("/connect-sessions", $$"""{"connection":"{{connection}}"}"""))["link"]);
        var holder = new Caller(mesh.Process.Client(token));
        foreach (var path in new[] { "/v1/workspaces", workspace.Path + "/connections", workspace.Path + "/connections/" + connection, workspace.Path + "/oauth-apps" })
            (await holder.Get(path)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await holder.Post($"{workspace.Path}/connections/{connection}/authorize", "{}")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        using var browser = new Browser();
        (await browser.Open(mesh.Process.Address + "connect/" + new string('a', 43))).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Post("/connect-sessions", "{}")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connection", "is required");
        (await workspace.Post("/connect-sessions", """{"provider":"hubspot","expires_in":1801}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("expires_in", "60 to 1800");
        (await workspace.Post("/connect-sessions", """{"provider":"hubspot","expires_in":59}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("expires_in", "60 to 1800");
        (await workspace.Post("/connect-sessions", """{"connection":"con_none"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    /// <returns>Where the button leads.</returns>
    private static async Task<string> Led(Browser browser, string link) =>
        (await browser.Press(link)).Is(HttpStatusCode.OK).Headers.GetValues("Refresh").Single()["0; url=".Length..];

    private static string TokenOf(string link) => link[(link.LastIndexOf('/') + 1)..];
}
