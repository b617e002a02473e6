using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.OAuth;

/// <summary>Two nodes on one database, and a provider that takes each refresh token once and ends everything when one comes twice.</summary>
public sealed class When_a_token_is_renewed(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly EventMeshProcess one = nodes.One;
    private readonly EventMeshProcess two = nodes.Two;

    [Fact]
    public async Task Two_nodes_use_each_refresh_token_once()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        await target.Ask("ttl 5");
        var connection = await target.Connection(workspace);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        await Eventually.True(async () => await target.Count("refreshed") >= 4, Patience, "four renewals");
        Assert.Equal(0, await target.Count("refused"));
        Assert.Equal("active", await When_a_connection_is_authorized.Status(workspace, connection));
        // Each of them is in the history once.
        await Eventually.True(async () => await Renewals(workspace) >= 4, Patience, "the history of four renewals");
    }

    [Fact]
    public async Task A_token_that_ended_while_nobody_was_there_is_renewed_when_it_is_needed()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        await using var receiver = await Receiver.Start();
        var connection = await target.Connection(workspace, receiver.Url("/hook").ToString());
        await workspace.Rule("{}", connection);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        await nodes.Change(connection, "expires_at = now() - interval '1 minute', due_at = now() + interval '1 hour'");
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(() => Task.FromResult(!receiver.Arrived.IsEmpty), Patience, "the delivery");
        Assert.Equal(1, await target.Count("refreshed"));
        Assert.Equal(0, await target.Count("refused"));
    }

    [Fact]
    public async Task A_token_that_the_target_does_not_take_is_renewed_once()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        await using var receiver = await Receiver.Start();
        string? first = null;
        receiver.AnswerTo = arrival =>
        {
            var shown = arrival.Headers["Authorization"].ToString();
            return Task.FromResult<int?>((first ??= shown) == shown ? 401 : 200);
        };
        var connection = await target.Connection(workspace, receiver.Url("/hook").ToString());
        await workspace.Rule("{}", connection);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        await Eventually.True(async () => (await workspace.Get("/deliveries?status=delivered")).Items.Count == 1, Patience, "the delivery");
        Assert.Equal(1, await target.Count("refreshed"));
    }

    [Fact]
    public async Task What_the_provider_ended_asks_for_a_person_who_reconnects_the_same_connection()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        await using var receiver = await Receiver.Start();
        (await workspace.Post("/connections", $$$"""{"name":"ops","kind":"webhook","config":{"url":"{{{receiver.Url("/ops")}}}"},"operational":true}""")).Is(HttpStatusCode.Created);
        var connection = await target.Connection(workspace, receiver.Url("/hook").ToString());
        await workspace.Rule("{}", connection);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        await target.Ask("forget");
        await nodes.Change(connection, "due_at = now()");
        await Eventually.True(async () => await When_a_connection_is_authorized.Status(workspace, connection) == "needs_attention", Patience, "the connection to need attention");
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Any(a => a.Path == "/ops" && a.Text.Contains("connection.needs_attention", StringComparison.Ordinal))), Patience, "the operational webhook");
        Assert.Contains(connection, receiver.Arrived.First(a => a.Text.Contains("connection.needs_attention", StringComparison.Ordinal)).Text, StringComparison.Ordinal);

        (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        Assert.Equal("active", await When_a_connection_is_authorized.Status(workspace, connection));
        await Eventually.True(() => Task.FromResult(receiver.Arrived.Any(a => a.Path == "/hook")), Patience, "what waited to be delivered");
    }

    [Fact]
    public async Task A_provider_in_trouble_is_left_alone_for_ever_longer_and_after_four_days_a_person_is_asked()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        var connection = await target.Connection(workspace);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        await target.Ask("fail 3");
        await nodes.Change(connection, "due_at = now()");
        await Eventually.True(async () => await Failures(workspace, connection) == 1, Patience, "the first failure");
        Assert.InRange(await PauseOf(workspace, connection), 15, 31);
        await nodes.Change(connection, "due_at = now()");
        await Eventually.True(async () => await Failures(workspace, connection) == 2, Patience, "the second failure");
        Assert.InRange(await PauseOf(workspace, connection), 40, 61);
        await nodes.Change(connection, "due_at = now(), failing_since = now() - interval '4 days'");
        await Eventually.True(async () => await When_a_connection_is_authorized.Status(workspace, connection) == "needs_attention", Patience, "the connection to need attention");
        Assert.Equal(0, await target.Count("refreshed"));
    }

    [Fact]
    public async Task A_node_that_is_killed_while_it_renews_is_replaced_by_another()
    {
        var workspace = await Workspace.New(two);
        using var target = await OAuthTarget.Start(one, two);
        var connection = await target.Connection(workspace);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        // Of the two nodes one is to renew: the one that is about to be killed.
        await two.Kill();
        var held = await target.Begin("hold");
        await nodes.Change(connection, "due_at = now()");
        Assert.Equal("held", await held.WaitAsync(Patience));
        await one.Kill();
        await target.Ask("release");
        await two.StartAgain();
        await Eventually.True(async () => await target.Count("refreshed") == 1, Patience, "the other node to renew it");
        Assert.Equal(0, await target.Count("refused"));
        await Eventually.True(async () => await Renewals(workspace) == 1, Patience, "the history of the renewal");
        await one.StartAgain();
    }

    [Fact]
    public async Task What_is_used_no_more_is_given_back_and_destroyed()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        var connection = await target.Connection(workspace);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        (await workspace.Delete("/connections/" + connection)).Is(HttpStatusCode.NoContent);
        await Eventually.True(async () => await target.Count("revoked") >= 1, Patience, "the tokens to be given back");
        await Eventually.True(async () => (await workspace.Get("/feed")).Text.Contains("connection_tokens_destroyed", StringComparison.Ordinal), Patience, "their end in the history");
        Assert.Equal(0, await nodes.Change(connection, "failures = 0"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purge_gives_the_tokens_of_a_workspace_back_or_says_that_it_could_not(bool reachable)
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        var connection = await target.Connection(workspace);
        (await OAuthTarget.Authorize(workspace, connection)).Is(HttpStatusCode.OK);
        if (!reachable) target.Dispose();
        (await workspace.Post("/close", $$"""{"grace_days":0,"confirm":"{{workspace.Id}}"}""")).Is(HttpStatusCode.OK);
        var admin = new Caller(two.Client());
        await Eventually.True(async () => (await admin.Get(workspace.Path + "/purge")) is { Status: HttpStatusCode.OK } seen && seen["state"] == "finished", Patience, "the purge to finish");
        if (reachable) Assert.True(await target.Count("revoked") >= 1);
        Assert.Contains($"destroyed tokens {(reachable ? "tokens_revoked" : "tokens_not_revoked")}: 1", (await admin.Get(workspace.Path + "/purge/receipt")).Text, StringComparison.Ordinal);
        Assert.Equal(0, await nodes.Change(connection, "failures = 0"));
    }

    [Fact]
    public async Task A_workspace_that_is_suspended_on_one_node_is_on_the_other_within_a_second()
    {
        var workspace = await Workspace.New(one);
        var there = workspace.On(two);
        (await there.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await workspace.AsAdmin.Post("/suspend", """{"reason":"abuse"}""")).Is(HttpStatusCode.OK);
        var since = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.True(async () =>
        {
            var began = since.Elapsed;
            var accepted = (await there.Publish(Workspace.Event($"{Guid.NewGuid()}"))).Status == HttpStatusCode.Accepted;
            Assert.False(accepted && began > TimeSpan.FromSeconds(1), $"it still publishes on the other node {began} after it was suspended");
            return !accepted;
        }, Patience, "it to be suspended");
        (await workspace.AsAdmin.Post("/resume", "")).Is(HttpStatusCode.OK);
        await Eventually.True(async () => (await there.Publish(Workspace.Event("2"))).Status == HttpStatusCode.Accepted, Patience, "the other node to let it go on");
    }

    [Fact]
    public async Task What_is_late_opens_nothing()
    {
        var workspace = await Workspace.New(one);
        using var target = await OAuthTarget.Start(one, two);
        var connection = await target.Connection(workspace);
        using var browser = new Browser();
        var callback = await browser.Consent((await workspace.Post($"/connections/{connection}/authorize", "{}"))["authorize_url"]);
        var link = (await workspace.Post("/connect-sessions", $$"""{"connection":"{{connection}}"}"""))["link"];
        (await browser.Open(link)).Is(HttpStatusCode.OK);
        await nodes.Late("eventmesh.oauth_states");
        await nodes.Late("eventmesh.connect_sessions");
        (await browser.Open(callback)).Is(HttpStatusCode.BadRequest);
        (await browser.Open(link)).Is(HttpStatusCode.NotFound);
        Assert.Equal(0, await target.Count("exchanged"));
    }

    [Fact]
    public async Task A_state_of_one_workspace_connects_nothing_of_another()
    {
        var (mine, theirs) = (await Workspace.New(one), await Workspace.New(one));
        using var target = await OAuthTarget.Start(one, two);
        var (my, their) = (await target.Connection(mine), await target.Connection(theirs));
        using var browser = new Browser();
        var callback = await browser.Consent((await mine.Post($"/connections/{my}/authorize", "{}"))["authorize_url"]);
        (await theirs.Post($"/connections/{my}/authorize", "{}")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await browser.Open(callback + "&workspace=" + theirs.Id + "&connection=" + their)).Is(HttpStatusCode.OK);
        Assert.Equal("active", await When_a_connection_is_authorized.Status(mine, my));
        Assert.Equal("unauthorized", await When_a_connection_is_authorized.Status(theirs, their));
    }

    private static async Task<JsonNode> Authorization(Workspace workspace, string connection) => (await workspace.Get($"/connections/{connection}/authorization")).Is(HttpStatusCode.OK).Json;

    private static async Task<int> Failures(Workspace workspace, string connection) => (await Authorization(workspace, connection))["failures"]!.GetValue<int>();

    private static async Task<double> PauseOf(Workspace workspace, string connection) => ((await Authorization(workspace, connection))["refresh_at"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow).TotalSeconds;

    private static async Task<int> Renewals(Workspace workspace) => (await workspace.Get("/feed?limit=200")).Text.Split("connection_token_refreshed").Length - 1;
}
