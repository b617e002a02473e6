using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_a_web_page_calls(RunningMesh mesh)
{
    private const string Page = "https://app.example.com";

    [Fact]
    public async Task A_listed_origin_may_and_reads_the_answers()
    {
        var workspace = await Listing(Page);
        var answer = (await workspace.Get("/rules", ("Origin", Page))).Is(HttpStatusCode.OK);
        Assert.Equal((Page, "Origin"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary")));
        Assert.Contains("ETag", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        // A refusal can be read as well, or nobody would know what was wrong.
        Assert.Equal(Page, Header((await workspace.Get("/rules/rul_none", ("Origin", Page))).Is(HttpStatusCode.NotFound), "Access-Control-Allow-Origin"));
        Assert.Equal([Page], (await workspace.Get("")).Json["allowed_origins"]!.AsArray().Select(o => o!.GetValue<string>()));
    }

    [Fact]
    public async Task A_preflight_is_answered_before_anybody_is_asked_for_a_token()
    {
        var workspace = await Listing(Page);
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        var nobody = new Caller(http);
        var answer = await Preflight(nobody, workspace.Path + "/events", Page, "authorization,content-type,ce-id,x-secret-of-mine");
        Assert.Equal((HttpStatusCode.NoContent, Page), (answer.Status, Header(answer, "Access-Control-Allow-Origin")));
        Assert.Equal("authorization, content-type, ce-id", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("GET, POST, PUT, PATCH, DELETE", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("600", Header(answer, "Access-Control-Max-Age"));
    }

    [Theory]
    [InlineData("https://evil.example"), InlineData("https://app.example.com.evil.example"), InlineData("http://app.example.com"), InlineData("https://app.example.com:8443"), InlineData("null"), InlineData("https://APP.example.com")]
    public async Task An_origin_that_is_not_listed_hears_what_it_would_of_a_workspace_that_does_not_exist(string origin)
    {
        var workspace = await Listing(Page);
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        var nobody = new Caller(http);
        var there = await Preflight(nobody, workspace.Path + "/events", origin, "authorization");
        var nowhere = await Preflight(nobody, "/v1/workspaces/there-is-none/events", origin, "authorization");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (there.Status, nowhere.Status));
        Assert.Equal(nowhere.Headers.Where(h => h.Key != "Date").Select(h => (h.Key, string.Join(',', h.Value))), there.Headers.Where(h => h.Key != "Date").Select(h => (h.Key, string.Join(',', h.Value))));
        Assert.DoesNotContain(there.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.Ordinal));
        Assert.Null(Header(await workspace.Get("/rules", ("Origin", origin)), "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_origin_is_listed_for_one_workspace_and_no_other()
    {
        var (mine, theirs) = (await Listing(Page), await Listing());
        Assert.Equal(Page, Header(await mine.Get("", ("Origin", Page)), "Access-Control-Allow-Origin"));
        Assert.Null(Header(await theirs.Get("", ("Origin", Page)), "Access-Control-Allow-Origin"));
        (await mine.Caller.Send(HttpMethod.Put, theirs.Path + "/origins", """{"allowed_origins":[]}""", "application/json")).IsProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Origins_are_checked_and_at_most_20()
    {
        var workspace = await Listing(Page);
        Assert.Equal(20, (await Put(workspace, [.. Enumerable.Range(0, 20).Select(i => $"https://a{i}.example")])).Is(HttpStatusCode.OK).Json["allowed_origins"]!.AsArray().Count);
        (await Put(workspace, [.. Enumerable.Range(0, 21).Select(i => $"https://a{i}.example")])).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("allowed_origins", "at most 20");
        (await Put(workspace, "*")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("allowed_origins[0]", "no *");
        (await Put(workspace, Page, Page)).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("allowed_origins[1]", "twice");
        (await workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/origins", "{}", "application/json")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("allowed_origins", "required");
        Assert.Equal(20, (await workspace.Get("")).Json["allowed_origins"]!.AsArray().Count);
        Assert.Empty((await Put(workspace)).Is(HttpStatusCode.OK).Json["allowed_origins"]!.AsArray());
        Assert.Null(Header(await workspace.Get("", ("Origin", "https://a1.example")), "Access-Control-Allow-Origin"));
    }

    private async Task<Workspace> Listing(params string[] origins)
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        (await Put(workspace, origins)).Is(HttpStatusCode.OK);
        return workspace;
    }

    private static Task<Answer> Put(Workspace workspace, params string[] origins) =>
        workspace.Caller.Send(HttpMethod.Put, workspace.Path + "/origins", $$"""{"allowed_origins":[{{string.Join(',', origins.Select(o => $"\"{o}\""))}}]}""", "application/json");

    private static Task<Answer> Preflight(Caller caller, string path, string origin, string headers) => caller.Send(HttpMethod.Options, path, (byte[]?)null, null,
        ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", headers));

    private static string? Header(Answer answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
