using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class SecretTests
{
    [Theory]
    [InlineData("line\n", "line")]
    [InlineData("line\r\n", "line")]
    [InlineData("two\nlines\n\n", "two\nlines\n")]
    [InlineData("none", "none")]
    public async Task A_value_comes_from_standard_input_without_its_last_line_end(string input, string value)
    {
        await using var server = await StandIn.Start(201, """{"path":"tenants/acme/db","version":1}""");
        var prompt = new Prompt(server.Url) { Input = input };
        Assert.Equal(0, await prompt.Type("secrets", "create", "db", "-w", "acme", "--value", "-", "--description", "d"));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/workspaces/acme/secrets"), (request.Method, request.Path));
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["name"] = "db", ["value"] = value, ["description"] = "d" }, request.Json), request.Body);
        Assert.DoesNotContain(value, prompt.Out + prompt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_the_server_makes_is_shown_once()
    {
        await using var server = await StandIn.Start(201, """{"name":"db","version":2,"value":"made"}""");
        var prompt = new Prompt(server.Url);
        Assert.Equal(0, await prompt.Type("secrets", "add-version", "db", "-w", "acme", "--generate", "--expires-at", "2030-01-01T00:00:00Z"));
        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/workspaces/acme/secrets/db/versions", request.Path);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"generate":true,"expires_at":"2030-01-01T00:00:00Z"}"""), request.Json), request.Body);
        Assert.Contains("made", prompt.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets create db -w acme --value hunter2", "takes no value itself")]
    [InlineData("secrets create db -w acme", "a value is missing")]
    [InlineData("secrets create db -w acme --value @file --generate", "exclude one another")]
    public async Task A_value_is_never_an_argument(string typed, string words)
    {
        var prompt = new Prompt("http://unused");
        Assert.Equal(2, await prompt.Type(typed.Split(' ')));
        Assert.Contains(words, prompt.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", prompt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets revoke db 3 -w acme", "/v1/workspaces/acme/secrets/db/versions/3")]
    [InlineData("secrets delete db -w acme", "/v1/workspaces/acme/secrets/db")]
    public async Task What_is_ended_is_named_in_the_path(string typed, string path)
    {
        await using var server = await StandIn.Start(204);
        Assert.Equal(0, await new Prompt(server.Url).Type(typed.Split(' ')));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("DELETE", path), (request.Method, request.Path));
    }
}
