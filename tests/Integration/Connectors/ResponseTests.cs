using EventMesh.Connectors;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class ResponseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Outcome.ResponseBytesMax - 1, Outcome.ResponseBytesMax - 1)]
    [InlineData(Outcome.ResponseBytesMax, Outcome.ResponseBytesMax)]
    [InlineData(Outcome.ResponseBytesMax + 1, Outcome.ResponseBytesMax)]
    public async Task A_response_is_kept_up_to_its_limit(int bytes, int kept)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{new string('a', bytes)}");
        Assert.Equal(kept, Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url())).ResponseBody.Length);
    }

    // A byte or two over the limit may already be in the buffer, and then cost nothing: far over it shows what is done.
    [Theory]
    [InlineData("Content-Length: 16384\r\n\r\n", 16384, "", 1)]
    [InlineData("Content-Length: 1048576\r\n\r\n", 1048576, "", 2)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3fff\r\n", 16383, "\r\n0\r\n\r\n", 1)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n100000\r\n", 1048576, "\r\n0\r\n\r\n", 2)]
    public async Task A_socket_is_used_again_unless_it_has_more_to_say(string headers, int bytes, string end, int connections)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 200 OK\r\n{headers}{new string('a', bytes)}{end}");
        using var connector = Sending.Connector();
        for (var i = 0; i < 2; i++) Assert.IsType<Outcome.Delivered>(await connector.Send(Sending.To(receiver.Url()), Stop));
        Assert.Equal(connections, receiver.Connections);
    }

    [Fact]
    public async Task An_endless_response_is_left_at_its_limit_and_the_socket_closed()
    {
        var hungUp = new TaskCompletionSource();
        var page = new byte[4096];
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 200 OK\r\n\r\n");
            try
            {
                while (!exchange.Ended.IsCancellationRequested) await exchange.Write(page);
            }
            catch (IOException)
            {
                hungUp.SetResult();
                exchange.Close();
            }
        });
        var delivered = Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url()));
        Assert.Equal(Outcome.ResponseBytesMax, delivered.ResponseBody.Length);
        await hungUp.Task.WaitAsync(Eventually.Patience, Stop);
    }

    [Fact]
    public async Task A_compressed_response_is_kept_as_it_came()
    {
        await using var receiver = Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\u0008\u0000");
        var delivered = Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url()));
        Assert.Equal([0x1f, 0x8b, 0x08, 0x00], delivered.ResponseBody.ToArray());
    }

    [Fact]
    public async Task A_cookie_is_not_sent_back()
    {
        await using var receiver = Receiver.Answering("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        using var connector = Sending.Connector();
        for (var i = 0; i < 2; i++) await connector.Send(Sending.To(receiver.Url()), Stop);
        Assert.All(receiver.Requests, request => Assert.DoesNotContain("Cookie", request.Headers.Keys));
    }

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("not a media type", "not a media type")]
    [InlineData("text/\u00e9", null)]
    public async Task A_content_type_is_kept_when_it_is_printable(string sent, string? kept)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 200 OK\r\nContent-Type: {sent}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(kept, (await Sending.Send(receiver.Url())).ResponseContentType);
    }

    [Fact]
    public async Task A_hundred_attempts_that_hang_do_not_delay_another_host()
    {
        await using var hanging = new Receiver(exchange => exchange.Hang());
        await using var working = Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var connector = Sending.Connector(Sending.Patient with { SocketsPerHostMax = 8 });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var stuck = Enumerable.Range(0, 100).Select(_ => connector.Send(Sending.To(hanging.Url()), stop.Token)).ToArray();

        var delivered = Assert.IsType<Outcome.Delivered>(await connector.Send(Sending.To(working.Url()), Stop));
        Assert.InRange(delivered.DurationMs, 0, Sending.Patient.Timeout.TotalMilliseconds);
        Assert.InRange(hanging.Connections, 0, 8);
        Assert.All(stuck, attempt => Assert.False(attempt.IsCompleted));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(stuck));
    }
}
