using System.Net;
using System.Net.Sockets;
using Xunit;

namespace EventMesh.Tests.Unit.Cli;

public class ExitCodeTests
{
    [Theory]
    [InlineData(200, 0)]
    [InlineData(400, 1)]
    [InlineData(409, 1)]
    [InlineData(413, 1)]
    [InlineData(429, 1)]
    [InlineData(302, 1)]
    [InlineData(404, 4)]
    [InlineData(401, 5)]
    [InlineData(403, 5)]
    [InlineData(500, 6)]
    [InlineData(503, 6)]
    public async Task The_servers_answer_decides_the_exit_code(int status, int code)
    {
        await using var server = await StandIn.Start(status, """{"id":"acme"}""");
        Assert.Equal(code, await new Prompt(server.Url).Type("workspaces", "get", "acme"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_3_and_says_how_to_start_one()
    {
        var prompt = new Prompt($"http://127.0.0.1:{ClosedPort()}");
        Assert.Equal(3, await prompt.Type("workspaces", "list"));
        Assert.Contains("cannot reach http://127.0.0.1:", prompt.Error);
        Assert.Contains("make run", prompt.Error);
        Assert.Empty(prompt.Out);
    }

    [Theory]
    [InlineData("conections", "list")]
    [InlineData("connections")]
    [InlineData("connections", "list")]
    [InlineData("connections", "create", "orders", "-w", "acme")]
    [InlineData("connections", "create", "orders", "-w", "acme", "--url", "http://x", "--header", "no-colon")]
    [InlineData("connections", "create", "orders", "-w", "acme", "--url", "http://x", "--retry-schedule", "soon")]
    [InlineData("connections", "create", "orders", "-w", "acme", "--url", "http://x", "--body", "xml")]
    [InlineData("deliveries", "list", "-w", "acme", "--status", "lost")]
    [InlineData("deliveries", "list", "-w", "acme", "--limit", "0")]
    [InlineData("rules", "create", "r", "-w", "acme", "--to", "con_1", "--filter", "{")]
    [InlineData("rules", "create", "r", "-w", "acme", "--to", "con_1", "--filter", "[]")]
    [InlineData("rules", "create", "r", "-w", "acme", "--to", "con_1", "--type", "a", "--filter", """{"type":"b"}""")]
    [InlineData("publish", "-w", "acme", "--type", "a")]
    [InlineData("publish", "-w", "acme", "--type", "a", "--source", "s", "--data", "not json")]
    [InlineData("publish", "-w", "acme", "--type", "a", "--file", "-")]
    [InlineData("publish", "-w", "acme", "--file", "/nonexistent")]
    [InlineData("workspaces", "list", "--server", "nowhere")]
    [InlineData("workspaces", "list", "--token", "two words")]
    [InlineData("listen", "--secret", "whsec_short")]
    [InlineData("listen", "--port", "70000")]
    [InlineData("listen", "--status", "99")]
    public async Task What_cannot_be_meant_is_2_and_is_not_sent(params string[] args)
    {
        await using var server = await StandIn.Start(200, "{}");
        var prompt = new Prompt(server.Url);
        Assert.Equal(2, await prompt.Type(args));
        Assert.StartsWith("eventmesh: ", prompt.Error);
        Assert.Empty(prompt.Out);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("workspaces", "list")]
    [InlineData("workspaces", "get", "acme")]
    [InlineData("tail", "-w", "acme", "--since", "beginning")]
    public async Task Another_program_at_the_address_is_6_and_said_to_be_one(params string[] args)
    {
        await using var server = await StandIn.Start(200, "<html>Welcome to nginx</html>");
        var prompt = new Prompt(server.Url);
        Assert.Equal(6, await prompt.Type(args));
        Assert.Contains("not as EventMesh does", prompt.Error);
    }

    [Fact]
    public async Task An_interrupt_is_130()
    {
        var asked = new TaskCompletionSource();
        await using var server = await StandIn.Start((_, context) =>
        {
            asked.SetResult();
            return StandIn.Hold(context);
        });
        using var interrupt = new CancellationTokenSource();
        var run = new Prompt(server.Url).Type(interrupt.Token, "workspaces", "list");
        await asked.Task;
        await interrupt.CancelAsync();
        Assert.Equal(130, await run);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
