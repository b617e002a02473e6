using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>What HTTP itself allows and we do not, at the limit and one past it.</summary>
public class When_requests_strain_the_server(RunningMesh mesh)
{
    private const int LineBytesMax = 8 * 1024;

    [Fact]
    public async Task A_first_line_of_8_KiB_is_read_and_one_byte_more_is_414()
    {
        const string around = "GET /healthz? HTTP/1.1\r\n";
        Assert.Equal("HTTP/1.1 200 OK", await Status($"GET /healthz?{new string('a', LineBytesMax - around.Length)} HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.Equal("HTTP/1.1 414 URI Too Long", await Status($"GET /healthz?{new string('a', LineBytesMax - around.Length + 1)} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    [Fact]
    public async Task A_hundred_headers_are_read_and_one_more_is_431()
    {
        Assert.Equal("HTTP/1.1 200 OK", await Status($"GET /healthz HTTP/1.1\r\nHost: x\r\n{Headers(99)}\r\n"));
        Assert.Equal("HTTP/1.1 431 Request Header Fields Too Large", await Status($"GET /healthz HTTP/1.1\r\nHost: x\r\n{Headers(100)}\r\n"));

        static string Headers(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X-A{i}: 1\r\n"));
    }

    [Fact]
    public async Task Headers_that_do_not_come_to_an_end_are_waited_for_15_seconds() =>
        Assert.Equal("HTTP/1.1 408 Request Timeout", await Status("GET /healthz HTTP/1.1\r\nHost: x\r\n"));

    [Fact]
    public async Task A_body_that_stops_half_way_is_given_up()
    {
        var workspace = await mesh.Workspace();
        Assert.Equal("HTTP/1.1 408 Request Timeout", await Status(
            $"POST {workspace.Path}/rules HTTP/1.1\r\nHost: x\r\nAuthorization: {workspace.Caller.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{{"));
    }

    [Fact]
    public async Task Requests_in_a_pipeline_are_answered_in_their_order()
    {
        using var socket = await Connect();
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/workspaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());
        var statuses = (await reader.ReadToEndAsync()).Split('\n').Where(l => l.Contains("HTTP/1.1 ", StringComparison.Ordinal)).Select(l => l[(l.IndexOf("HTTP/1.1 ", StringComparison.Ordinal) + 9)..][..3]);
        Assert.Equal(["404", "200", "401"], statuses);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked"), InlineData("Content-Length: 5\r\nContent-Length: 6"), InlineData("Content-Length: -1"), InlineData("Transfer-Encoding: gzip, identity"), InlineData("Content-Length : 5")]
    public async Task A_body_whose_end_can_be_read_in_two_ways_ends_the_connection(string headers)
    {
        using var socket = await Connect();
        // Whoever smuggles a request behind such a body hears no second answer.
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /in/emi_none HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());
        var answers = await reader.ReadToEndAsync();
        Assert.DoesNotContain("200 OK", answers, StringComparison.Ordinal);
        Assert.Single(answers.Split("HTTP/1.1 ").Skip(1));
    }

    [Fact]
    public async Task JSON_of_66_levels_is_read_and_one_more_is_refused()
    {
        var workspace = await (await mesh.Workspace()).WithKey();
        // It is read, and then found not to be what the route takes.
        (await workspace.Post("/rules", Nested(66))).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await workspace.Post("/rules", Nested(67))).IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "more than 66");
        (await workspace.Post("/rules", Nested(100_000))).IsProblem(HttpStatusCode.BadRequest, "malformed_json").Names("body", "more than 66");

        static string Nested(int depth) => $$"""{"name":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";
    }

    private async Task<string?> Status(string request)
    {
        using var socket = await Connect();
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadLineAsync();
    }

    private async Task<TcpClient> Connect()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(mesh.Process.Address.Host, mesh.Process.Address.Port);
        return socket;
    }
}
