using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_bodies_are_large(RunningMesh mesh)
{
    private const int EventBytesMax = 256 * 1024;
    private const int BatchBytesMax = 1024 * 1024;

    [Fact]
    public async Task An_event_of_256_KiB_is_accepted_and_one_byte_more_is_not()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Publish(Sized("1", EventBytesMax))).Is(HttpStatusCode.Accepted);
        (await workspace.Publish(Sized("2", EventBytesMax + 1))).IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large").Names("body", "262144 bytes");
        (await workspace.PublishBatch($"[{Sized("3", EventBytesMax)}]")).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBatch($"[{Workspace.Event("4")},{Sized("5", EventBytesMax + 1)}]")).IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large").Names("[1]", "262144 bytes");
        (await workspace.Post("/rules", $$"""{"name":"{{new string('a', EventBytesMax)}}"}""")).IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task A_batch_of_100_events_and_of_1_MiB_is_accepted_and_more_is_not()
    {
        var workspace = await mesh.Workspace();
        (await workspace.PublishBatch($"[{string.Join(',', Enumerable.Range(0, 100).Select(i => Workspace.Event($"a{i}")))}]")).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBatch($"[{string.Join(',', Enumerable.Range(0, 101).Select(i => Workspace.Event($"b{i}")))}]"))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large").Names("body", "100 events");
        // Brackets and commas are the rest.
        var quarters = string.Join(',', Enumerable.Range(0, 4).Select(i => Sized($"c{i}", EventBytesMax - 2)));
        (await workspace.PublishBatch($"[{quarters}]  ")).Is(HttpStatusCode.Accepted);
        Assert.Equal(BatchBytesMax, Encoding.UTF8.GetByteCount($"[{quarters}]   "));
        (await workspace.PublishBatch($"[{quarters}]    ")).IsProblem(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Theory]
    [InlineData("application/cloudevents+json", EventBytesMax), InlineData("application/cloudevents-batch+json", BatchBytesMax)]
    public async Task The_limits_hold_without_a_content_length(string contentType, int bytesMax)
    {
        var workspace = await mesh.Workspace();
        // No byte more than it takes: one who still sends when the answer comes may lose it to the closing of the connection.
        using var request = new HttpRequestMessage(HttpMethod.Post, workspace.Path + "/events") { Content = new StreamContent(new Endless(bytesMax)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TransferEncodingChunked = true;
        using var response = await workspace.Caller.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(mesh.Process.Address.Host, mesh.Process.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: {new string('a', 70_000)}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 431 Request Header Fields Too Large", await reader.ReadLineAsync());
    }

    private static string Sized(string id, int bytes)
    {
        var empty = Workspace.Event(id, further: ""","data":"" """.TrimEnd());
        return Workspace.Event(id, further: $",\"data\":\"{new string('x', bytes - Encoding.UTF8.GetByteCount(empty))}\"");
    }

    /// <summary>A list that never closes.</summary>
    private sealed class Endless(int bytes) : MemoryStream([.. "["u8, .. Enumerable.Repeat((byte)' ', bytes)])
    {
        public override bool CanSeek => false;
    }
}
