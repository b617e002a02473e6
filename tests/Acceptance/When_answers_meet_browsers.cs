using System.Net;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_answers_meet_browsers(RunningMesh mesh)
{
    [Theory]
    [InlineData("/healthz", 200), InlineData("/v1/workspaces", 200), InlineData("/v1/nothing", 404), InlineData("/nothing", 404), InlineData("/openapi/v1.json", 200)]
    public async Task Every_answer_says_what_they_may_do_with_it(string path, int status)
    {
        var answer = await mesh.Admin.Get(path);
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Header(answer, "Content-Security-Policy"));
        Assert.Equal(path.StartsWith("/v1", StringComparison.Ordinal) ? "no-store" : null, Header(answer, "Cache-Control"));
        Assert.Null(Header(answer, "Strict-Transport-Security"));
        Assert.Null(Header(answer, "Server"));
    }

    [Fact]
    public async Task A_refusal_of_whoever_is_nobody_says_so_too()
    {
        using var http = new HttpClient { BaseAddress = mesh.Process.Address };
        var answer = (await new Caller(http).Get("/v1/workspaces")).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(("nosniff", "no-store"), (Header(answer, "X-Content-Type-Options"), Header(answer, "Cache-Control")));
    }

    [Fact]
    public async Task The_page_of_the_description_runs_scripts_of_ours_alone_and_has_no_others()
    {
        var page = (await mesh.Admin.Get("/docs/index.html")).Is(HttpStatusCode.OK);
        Assert.Contains("script-src 'self';", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        // Else it would not work under that policy.
        Assert.DoesNotMatch("<script(?![^>]*src=)", page.Text);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page.Text);
    }

    private static string? Header(Answer answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
