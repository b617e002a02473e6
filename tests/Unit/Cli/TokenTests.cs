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
    public async Task The_first_key_of_a_workspace_is_kept_for_its_owner_and_used_inside_it_alone()
    {
        var home = Directory.CreateTempSubdirectory("eventmesh-cli-");
        File.WriteAllText(Path.Combine(home.FullName, "admin-token"), Token + "\n");
        await using var server = await StandIn.Start((asked, context) => StandIn.Answer(context, asked.Method == "POST" ? 201 : 200,
            asked.Path.EndsWith("/keys", StringComparison.Ordinal) ? """{"id":"key_1","key":"emk_the-first"}""" : """{"id":"acme","items":[],"next":null}"""));
        var prompt = new Prompt(server.Url) { Variables = { ["EVENTMESH_HOME"] = home.FullName } };
        Assert.Equal(0, await prompt.Type("workspaces", "create", "acme", "--name", "Acme"));

        var file = Path.Combine(home.FullName, "keys", "acme");
        Assert.Equal("emk_the-first\n", File.ReadAllText(file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains(file, prompt.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("emk_", prompt.Out + prompt.Error, StringComparison.Ordinal);

        await prompt.Type("rules", "list", "-w", "acme");
        await prompt.Type("rules", "list", "-w", "bolt");
        await prompt.Type("workspaces", "get", "acme");
        await prompt.Type("rules", "list", "-w", "acme", "--token", "emk_given");
        Assert.Equal(
            [$"POST {Token}", $"POST {Token}", "GET emk_the-first", $"GET {Token}", $"GET {Token}", "GET emk_given"],
            server.Requests.Select(r => $"{r.Method} {r.Authorization!["Bearer ".Length..]}"));

        // A new workspace of that name has another first key, and the one kept does not go with the request for it.
        await prompt.Type("workspaces", "create", "acme", "--name", "Acme");
        Assert.Equal($"Bearer {Token}", server.Requests[^1].Authorization);
        home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_key_that_was_kept_goes_to_the_server_that_issued_it_alone()
    {
        var home = Directory.CreateTempSubdirectory("eventmesh-cli-");
        Directory.CreateDirectory(Path.Combine(home.FullName, "keys"));
        File.WriteAllText(Path.Combine(home.FullName, "keys", "acme"), "emk_local\n");
        await using var server = await StandIn.Start(200, """{"items":[],"next":null}""");
        HttpClient.DefaultProxy = new Leading("mesh.example", server.Url);
        await new Prompt("http://mesh.example") { Variables = { ["EVENTMESH_HOME"] = home.FullName } }.Type("rules", "list", "-w", "acme");
        Assert.Null(Assert.Single(server.Requests).Authorization);
        home.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_a_place_to_keep_the_key_nothing_is_created()
    {
        await using var server = await StandIn.Start(201, """{"id":"acme"}""");
        var prompt = new Prompt(server.Url) { Variables = { ["EVENTMESH_HOME"] = "/proc/nowhere" } };
        Assert.Equal(2, await prompt.Type("workspaces", "create", "acme", "--name", "Acme", "--token", Token));
        Assert.Contains("--no-key", prompt.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        Assert.Equal(0, await prompt.Type("workspaces", "create", "acme", "--name", "Acme", "--token", Token, "--no-key"));
        Assert.Single(server.Requests);
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
