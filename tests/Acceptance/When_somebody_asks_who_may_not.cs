using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_somebody_asks_who_may_not(RunningMesh mesh)
{
    public static TheoryData<string> Tokens => ["", "x", "ema_wrong", "emk_0123456789abcdefghijABCDEFGHIJKL", new string('a', 600)];

    [Theory, MemberData(nameof(Tokens))]
    public async Task A_token_that_is_nobodys_is_401(string token)
    {
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        if (token.Length > 0) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        var caller = new Caller(http);
        foreach (var path in new[] { "/v1/workspaces", "/v1/workspaces/acme/events", "/v1/nothing" })
        {
            var answer = (await caller.Get(path)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
            Assert.Contains(answer.Headers.WwwAuthenticate, c => c.Scheme == "Bearer");
        }
        // Before the body is looked at.
        (await caller.Post("/v1/workspaces", "{")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Another_scheme_is_401()
    {
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Basic " + mesh.Process.AdminToken);
        (await new Caller(http).Get("/v1/workspaces")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "" }, { "PATCH", "" }, { "POST", "/keys" }, { "GET", "/keys" }, { "DELETE", "/keys/key_x" },
        { "POST", "/connections" }, { "GET", "/connections" }, { "GET", "/connections/con_x" }, { "PATCH", "/connections/con_x" }, { "DELETE", "/connections/con_x" },
        { "POST", "/rules" }, { "GET", "/rules" }, { "GET", "/rules/rul_x" }, { "PATCH", "/rules/rul_x" }, { "DELETE", "/rules/rul_x" }, { "POST", "/rules/test" },
        { "POST", "/events" }, { "GET", "/events" }, { "GET", "/events/evt_x" },
        { "GET", "/deliveries" }, { "GET", "/deliveries/dlv_x" }, { "POST", "/deliveries/dlv_x/retry" }, { "GET", "/sources" }, { "POST", "/sources" }, { "GET", "/sources/src_x" }, { "PATCH", "/sources/src_x" }, { "DELETE", "/sources/src_x" },
        { "POST", "/sources/src_x/rotate-secret" }, { "POST", "/sources/src_x/rotate-token" }, { "GET", "/feed" }, { "GET", "/usage" }, { "GET", "/streams/workspace" },
    };

    [Theory, MemberData(nameof(Routes))]
    public async Task A_key_finds_nothing_in_another_workspace_word_for_word_as_in_none(string method, string path)
    {
        var mine = await mesh.Workspace();
        var theirs = await mesh.Workspace();
        var there = await Ask(theirs.Path);
        var nowhere = await Ask("/v1/workspaces/there-is-none");
        there.IsProblem(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(nowhere.Text, there.Text);
        Assert.Equal(nowhere.Headers.Select(h => h.Key), there.Headers.Select(h => h.Key));

        Task<Answer> Ask(string workspace) => mine.Caller.Send(new(method), workspace + path, method is "POST" or "PATCH" ? "{}" : null, method is "POST" or "PATCH" ? "application/json" : null);
    }

    [Fact]
    public async Task The_admin_finds_nothing_in_a_workspace_that_does_not_exist() =>
        (await mesh.Admin.Get("/v1/workspaces/there-is-none")).IsProblem(HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task Things_of_another_workspace_are_not_found_by_their_ids()
    {
        var mine = await mesh.Workspace();
        var theirs = await mesh.Workspace();
        var connection = await theirs.Connection();
        var published = (await theirs.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted)["id"];
        (await mine.Get("/connections/" + connection)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Patch("/connections/" + connection, """{"name":"mine"}""")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Delete("/connections/" + connection)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Get("/events/" + published)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Get("/streams/" + connection)).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await mine.Post("/rules", $$"""{"name":"r","connections":["{{connection}}"]}""")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("connections[0]", "is not a connection of this workspace");
        Assert.DoesNotContain("con_", (await mine.Get("/feed")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_sees_its_own_workspace_and_creates_none()
    {
        var mine = await mesh.Workspace();
        await mesh.Workspace();
        Assert.Equal([mine.Id], (await mine.Caller.Get("/v1/workspaces")).Is(HttpStatusCode.OK).Items.Select(w => w["id"]!.GetValue<string>()));
        (await mine.Get("")).Is(HttpStatusCode.OK);
        (await mine.Caller.Post("/v1/workspaces", """{"name":"another"}""")).IsProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_revoked_key_is_nobodys_at_once()
    {
        var workspace = await mesh.Workspace();
        var issued = (await workspace.Post("/keys", """{"name":"app"}""")).Is(HttpStatusCode.Created);
        Assert.Matches("^emk_[0-9A-Za-z]{32}$", issued["key"]);
        var holder = workspace with { Caller = new(mesh.Process.Client(issued["key"])) };
        (await holder.Get("")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(issued["key"], (await workspace.Get("/keys")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(issued["key"], (await workspace.Get("/feed")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        (await workspace.Delete("/keys/" + issued["id"])).Is(HttpStatusCode.NoContent);
        (await holder.Get("")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("first", Assert.Single((await workspace.Get("/keys")).Items)["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_admin_token_is_for_its_owner_alone_and_never_logged()
    {
        var file = Path.Combine(mesh.Process.Home, "admin-token");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        (await mesh.Admin.Get("/v1/workspaces")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(mesh.Process.Lines, line => line.Contains(mesh.Process.AdminToken, StringComparison.Ordinal));
    }
}
