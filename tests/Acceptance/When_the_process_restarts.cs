using System.Net;
using System.Net.Sockets;
using System.Text;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_the_process_restarts
{
    [Fact]
    public async Task The_same_home_and_database_hold_everything_and_a_follower_is_let_go()
    {
        await using var process = await RunningMesh.StartOn(await (await PostgresServer.Shared).CreateDatabase("restart"));
        var workspace = await Workspace.New(process);
        var connection = await workspace.Connection();
        var published = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        var token = process.AdminToken;

        using var following = await workspace.Caller.Http.SendAsync(new(HttpMethod.Get, workspace.Path + "/feed") { Headers = { { "Accept", "text/event-stream" } } }, HttpCompletionOption.ResponseHeadersRead);
        using var heard = new StreamReader(await following.Content.ReadAsStreamAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await heard.ReadLineAsync(deadline.Token) is { } line && !line.Contains(published["position"], StringComparison.Ordinal)) { }
        var stopped = process.Terminate();
        // It ends as a whole answer does, not by a broken connection.
        await heard.ReadToEndAsync(deadline.Token);
        Assert.Equal(0, await stopped);

        await process.StartAgain();
        Assert.Equal(token, process.AdminToken);
        (await workspace.Get("/connections/" + connection)).Is(HttpStatusCode.OK);
        var again = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.OK);
        Assert.Equal((published["id"], published["position"]), (again["id"], again["position"]));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_one_line()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var database = await (await PostgresServer.Shared).CreateDatabase("taken");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => EventMeshProcess.Start(new Dictionary<string, string> { ["EVENTMESH_POSTGRES"] = database, ["EVENTMESH_PORT"] = $"{port}" }));
        Assert.Contains($"EVENTMESH_PORT {port} cannot be listened on", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_under_way_is_finished_first()
    {
        await using var process = await RunningMesh.StartOn(await (await PostgresServer.Shared).CreateDatabase("shutdown"));
        var workspace = await Workspace.New(process);
        using var socket = new TcpClient();
        await socket.ConnectAsync(process.Address.Host, process.Address.Port);
        var (stream, body) = (socket.GetStream(), Workspace.Event("1"));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {workspace.Path}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {workspace.Key}\r\nContent-Type: application/cloudevents+json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n"));
        using var reader = new StreamReader(stream);
        // The handler waits for the body when it says this.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        var stopped = process.Terminate();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body));
        Assert.Equal("HTTP/1.1 202 Accepted", await reader.ReadLineAsync());
        Assert.Equal(0, await stopped);
    }
}
