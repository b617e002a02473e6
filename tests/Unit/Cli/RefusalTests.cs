using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class RefusalTests
{
    private const string Refusal =
        """{"type":"urn:eventmesh:error:invalid_request","title":"The request is not valid.","status":400,"detail":"2 fields are wrong.","errors":[{"field":"config.url","reason":"is required"},{"field":"name","reason":"is too long"}]}""";

    [Fact]
    public async Task A_refusal_is_shown_as_fields_and_reasons()
    {
        await using var server = await StandIn.Start(400, Refusal);
        var prompt = new Prompt(server.Url);
        await prompt.Type("connections", "create", "orders", "-w", "acme", "--url", "http://x");
        Assert.Equal("eventmesh: The request is not valid. (400)\n  config.url is required\n  name is too long\n", prompt.Error);
        Assert.Empty(prompt.Out);
    }

    [Fact]
    public async Task A_program_gets_the_problem_as_it_came_and_apart_from_results()
    {
        await using var server = await StandIn.Start(400, Refusal);
        var prompt = new Prompt(server.Url);
        await prompt.Type("workspaces", "get", "acme", "--json");
        Assert.Equal(Refusal + "\n", prompt.Error);
        Assert.Empty(prompt.Out);
    }

    [Fact]
    public async Task The_detail_says_more_than_the_title()
    {
        await using var server = await StandIn.Start(404, """{"title":"There is nothing here.","detail":"There is no such delivery."}""");
        var prompt = new Prompt(server.Url);
        await prompt.Type("deliveries", "get", "dlv_1", "-w", "acme");
        Assert.StartsWith("eventmesh: There is no such delivery. (404)\n→ ", prompt.Error);
    }

    [Fact]
    public async Task An_answer_that_is_not_ours_is_named_by_its_status()
    {
        await using var server = await StandIn.Start(502, "<html>Bad Gateway</html>");
        var prompt = new Prompt(server.Url);
        await prompt.Type("workspaces", "get", "acme", "--json");
        Assert.StartsWith("eventmesh: The server refused (502)", prompt.Error);
    }

    [Fact]
    public async Task A_limit_says_when_to_try_again()
    {
        await using var server = await StandIn.Start((_, context) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return StandIn.Answer(context, 429, """{"title":"Too many requests"}""");
        });
        var prompt = new Prompt(server.Url);
        await prompt.Type("workspaces", "list");
        Assert.Contains("→ Try again in 7 s.", prompt.Error);
    }

    [Fact]
    public async Task A_servers_text_cannot_move_the_cursor()
    {
        await using var server = await StandIn.Start(400, """{"title":"\u001b[2Jgone\u202e","errors":[{"field":"a\r\nb","reason":"\u0007"}]}""");
        var prompt = new Prompt(server.Url);
        await prompt.Type("workspaces", "get", "acme");
        Assert.Equal("eventmesh: \uFFFD[2Jgone\uFFFD (400)\n  a  b \uFFFD\n", prompt.Error);
    }
}
