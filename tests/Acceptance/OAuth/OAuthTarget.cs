using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Acceptance.Clients;
using EventMesh.Tests.Servers;

namespace EventMesh.Tests.Acceptance.OAuth;

/// <summary>npm's oidc-provider as the target of connections, and a person at a browser who consents.</summary>
internal sealed class OAuthTarget : IDisposable
{
    public const string ClientId = "mesh";
    public static readonly string ClientSecret = Planted.New();

    private readonly NodeScript script;
    private bool gone;

    private OAuthTarget(NodeScript script, string issuer) => (this.script, Issuer) = (script, issuer);

    public string Issuer { get; }

    /// <param name="nodes">Whose callbacks are registered.</param>
    public static async Task<OAuthTarget> Start(params IEnumerable<EventMeshProcess> nodes)
    {
        var script = new NodeScript("oauth-provider.mjs", [ClientSecret, .. nodes.Select(n => Redirect(n))]);
        return new(script, "http://127.0.0.1:" + await script.Line());
    }

    public static string Redirect(EventMeshProcess node) => node.Address.GetLeftPart(UriPartial.Authority) + "/oauth/callback";

    /// <summary>Asks it to do something: see the script.</summary>
    public async Task<string> Ask(string command)
    {
        await script.Say(command);
        return await script.Line();
    }

    /// <summary>Begins to wait for an answer.</summary>
    public async Task<Task<string>> Begin(string command)
    {
        await script.Say(command);
        return script.Line();
    }

    public async Task<int> Count(string what) => JsonNode.Parse(await Ask("counts"))![what]!.GetValue<int>();

    /// <summary>Registers the workspace's app, and makes a connection that is to be authorized here.</summary>
    public async Task<string> Connection(Workspace workspace, string url = "http://127.0.0.1:9/hook")
    {
        (await workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/oauth-apps/oidc", $$"""{"client_id":"{{ClientId}}","client_secret":"{{ClientSecret}}"}""", "application/json")).Is(HttpStatusCode.OK);
        return (await workspace.Post("/connections", $$$"""
            {"name":"crm","kind":"webhook","config":{"url":"{{{url}}}"},
             "credential":{"kind":"oauth2","provider":"oidc","scopes":["openid","offline_access","contacts"],"parameters":{"issuer":"{{{Issuer}}}"} } }
            """)).Is(HttpStatusCode.Created)["id"];
    }

    /// <summary>Authorizes it as a person would, from the API's link to our last page.</summary>
    public static async Task<Answer> Authorize(Workspace workspace, string connection)
    {
        var started = (await workspace.Post($"/connections/{connection}/authorize", "{}")).Is(HttpStatusCode.OK);
        using var browser = new Browser();
        return await browser.Open(await browser.Consent(started["authorize_url"]));
    }

    /// <summary>It goes away for good.</summary>
    public void Dispose()
    {
        if (!gone) script.Dispose();
        gone = true;
    }
}

/// <summary>A browser: cookies, redirects that it is told to follow, no script.</summary>
internal sealed class Browser : IDisposable
{
    private const int RedirectsMax = 10;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new() });

    /// <summary>Follows from the provider's page until it leads back to us.</summary>
    /// <returns>Our callback, with code and state.</returns>
    public async Task<string> Consent(string authorizeUrl)
    {
        var at = new Uri(authorizeUrl);
        for (var hop = 0; hop < RedirectsMax; hop++)
        {
            using var answer = await http.GetAsync(at);
            var next = answer.Headers.Location ?? throw new InvalidOperationException($"{at.GetLeftPart(UriPartial.Path)} leads nowhere: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            at = new(at, next);
            if (at.AbsolutePath == "/oauth/callback") return at.AbsoluteUri;
        }
        throw new InvalidOperationException("The provider never leads back.");
    }

    public Task<Answer> Open(string url) => Send(new(HttpMethod.Get, url));

    /// <summary>Presses the one button of a page.</summary>
    /// <param name="site">What the browser says of where the page came from; null for browsers that do not.</param>
    public Task<Answer> Press(string url, string? site = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent([]) };
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        return Send(request);
    }

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await http.SendAsync(request);
            return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers, answer.Content.Headers.ContentType?.MediaType);
        }
    }

    public void Dispose() => http.Dispose();
}
