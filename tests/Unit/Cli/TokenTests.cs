using System.Net;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class TokenTests
{
    private const string Token = "emt_very-secret";

    [Fact]
    public async Task The_option_goes_before_the_variable()
    {
        await using var server = await StandIn.Start(200, "{}");
        var prompt = new Prompt(server.Url) { Variables = { ["EVENTMESH_TOKEN"] = "other" } };
        await prompt.Type("workspaces", "get", "acme", "--token", Token);
        Assert.Equal($"Bearer {Token}", Assert.Single(server.Requests).Authorization);
    }

    [Fact]
    public async Task The_admin_token_of_this_machine_goes_to_a_server_on_this_machine_alone()
    {
        var home = Directory.CreateTempSubdirectory("eventmesh-cli-");
        File.WriteAllText(Path.Combine(home.FullName, "admin-token"), Token + "\n");
        await using var server = await StandIn.Start(200, """{"id":"acme"}""");
        HttpClient.DefaultProxy = new Leading("mesh.example", server.Url);

        foreach (var url in new[] { server.Url, "http://mesh.example" })
            await new Prompt(url) { Variables = { ["EVENTMESH_HOME"] = home.FullName } }.Type("workspaces", "get", "acme");

        Assert.Equal([$"Bearer {Token}", null], server.Requests.Select(request => request.Authorization));
        home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await StandIn.Start(200, "{}");
        await using var server = await StandIn.Start((_, context) =>
        {
            context.Response.Redirect(elsewhere.Url);
            return Task.CompletedTask;
        });
        var prompt = new Prompt(server.Url);
        Assert.Equal(1, await prompt.Type("workspaces", "get", "acme", "--token", Token));
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task The_token_is_never_printed(int status)
    {
        await using var server = await StandIn.Start(status, """{"title":"no","id":"acme"}""");
        foreach (string[] format in new string[][] { [], ["--json"] })
        {
            var prompt = new Prompt(server.Url);
            await prompt.Type(["workspaces", "get", "acme", "--token", Token, .. format]);
            await prompt.Type(["workspaces", "get", "--token", Token, .. format]);
            Assert.DoesNotContain(Token, prompt.Out + prompt.Error);
        }
    }

    /// <summary>The way to a host that has no address; every other host is reached as before.</summary>
    private sealed class Leading(string host, string proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }
        public Uri GetProxy(Uri destination) => new(proxy);
        public bool IsBypassed(Uri destination) => destination.Host != host;
    }
}
