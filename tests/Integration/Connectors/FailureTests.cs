using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EventMesh.Connectors;
using EventMesh.Domain.Deliveries;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class FailureTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_target_that_hangs_is_given_up_in_time()
    {
        await using var receiver = new Receiver(exchange => exchange.Hang());
        var failed = await Failing(receiver, Sending.Hasty);
        Assert.Equal(Failure.Timeout, failed.Kind);
        Assert.Null(failed.Status);
        Assert.True(failed.DurationMs >= 350, $"given up after {failed.DurationMs} ms");
    }

    [Fact]
    public async Task A_target_that_drips_its_headers_is_given_up_in_time()
    {
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 200 OK\r\n");
            await exchange.Drip("X-Drop: 1\r\n", Pace);
        });
        Assert.Equal(Failure.Timeout, (await Failing(receiver, Sending.Hasty)).Kind);
    }

    [Fact]
    public async Task A_success_that_drips_its_body_is_given_up_in_time()
    {
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
            await exchange.Drip("drop", Pace);
        });
        var failed = await GivenUpWhileReading(receiver);
        Assert.Equal((Failure.Timeout, 200), (failed.Kind, failed.Status));
        Assert.StartsWith("drop", Text(failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_sends_interim_answers_for_ever_is_given_up_in_time()
    {
        await using var receiver = new Receiver(exchange => exchange.Drip("HTTP/1.1 102 Processing\r\n\r\n", TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Failure.Timeout, (await Failing(receiver, Sending.Hasty)).Kind);
    }

    [Fact]
    public async Task A_failure_that_drips_its_body_is_still_that_failure()
    {
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 410 Gone\r\nContent-Length: 10000\r\n\r\n");
            await exchange.Drip("drop", Pace);
        });
        Assert.Equal(Failure.Gone, (await GivenUpWhileReading(receiver)).Kind);
    }

    [Fact]
    public async Task A_success_that_breaks_off_is_a_bad_response()
    {
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            exchange.Close();
        });
        var failed = await Failing(receiver);
        Assert.Equal((Failure.BadResponse, 200, "half"), (failed.Kind, failed.Status, Text(failed)));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 two hundred\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task What_is_not_http_is_a_bad_response(string answer)
    {
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write(answer);
            exchange.Close();
        });
        Assert.Equal(Failure.BadResponse, (await Failing(receiver)).Kind);
    }

    [Fact]
    public async Task Endless_headers_are_a_bad_response_soon()
    {
        const int TakenMax = 16 * 1024 * 1024; // what the sockets on both sides may hold, and much less than there would be
        var line = Encoding.ASCII.GetBytes("X-More: " + new string('a', 1000) + "\r\n");
        var taken = 0;
        await using var receiver = new Receiver(async exchange =>
        {
            await exchange.Write("HTTP/1.1 200 OK\r\n");
            for (; taken < TakenMax; taken += line.Length) await exchange.Write(line);
            await exchange.Write("\r\n");
        });
        Assert.Equal(Failure.BadResponse, (await Failing(receiver)).Kind);
        Assert.InRange(taken, 0, TakenMax - 1);
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_unreachable()
    {
        await using var receiver = new Receiver(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });
        var failed = await Failing(receiver);
        Assert.Equal((Failure.Unreachable, "the connection was reset"), (failed.Kind, failed.Error));
    }

    [Fact]
    public async Task A_port_nobody_listens_on_is_unreachable()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var failed = Assert.IsType<Outcome.Failed>(await Sending.Send(new Uri($"http://127.0.0.1:{port}/")));
        Assert.Equal((Failure.Unreachable, "the connection was refused"), (failed.Kind, failed.Error));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable() =>
        Assert.Equal(Failure.Unreachable, Assert.IsType<Outcome.Failed>(await Sending.Send(new Uri("http://nobody.invalid/"))).Kind);

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        await using var inner = Receiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var receiver = Receiver.Answering($"HTTP/1.1 {status} Moved\r\nLocation: {inner.Url()}\r\nContent-Length: 0\r\n\r\n");
        var failed = await Failing(receiver);
        Assert.Equal((Failure.Status, status, $"status {status}: redirects are not followed"), (failed.Kind, failed.Status, failed.Error));
        Assert.Empty(inner.Requests);
    }

    [Theory]
    [InlineData(400, Failure.Status)]
    [InlineData(404, Failure.Status)]
    [InlineData(410, Failure.Gone)]
    [InlineData(500, Failure.Status)]
    [InlineData(999, Failure.Status)]
    public async Task Any_other_status_fails_with_what_the_target_said(int status, Failure kind)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 {status} No\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nsigh");
        var failed = await Failing(receiver);
        Assert.Equal((kind, status, "sigh", "text/plain"), (failed.Kind, failed.Status, Text(failed), failed.ResponseContentType));
        Assert.Null(failed.RetryAfter);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public async Task Every_2xx_is_a_success(int status)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 {status} Yes\r\n{(status == 204 ? "" : "Content-Length: 0\r\n")}\r\n");
        Assert.Equal(status, Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url())).Status);
    }

    [Theory]
    [InlineData(503, "120", 120)]
    [InlineData(429, "999999999999", 86_400)]
    [InlineData(503, "soon", null)]
    [InlineData(500, "120", null)]
    [InlineData(302, "120", null)]
    public async Task Retry_after_is_told_with_429_and_503(int status, string value, int? seconds)
    {
        await using var receiver = Receiver.Answering($"HTTP/1.1 {status} Busy\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(seconds, (int?)(await Failing(receiver)).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Retry_after_may_be_a_date()
    {
        var date = DateTimeOffset.UtcNow.AddSeconds(600).ToString("R", CultureInfo.InvariantCulture);
        await using var receiver = Receiver.Answering($"HTTP/1.1 429 Slow down\r\nRetry-After: {date}\r\nContent-Length: 0\r\n\r\n");
        Assert.InRange((await Failing(receiver)).RetryAfter!.Value.TotalSeconds, 570, 600);
    }

    [Fact]
    public async Task Stopping_throws_and_has_no_outcome()
    {
        using var stop = new CancellationTokenSource();
        await using var receiver = new Receiver(async exchange =>
        {
            await stop.CancelAsync();
            await exchange.Hang();
        });
        using var connector = Sending.Connector();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connector.Send(Sending.To(receiver.Url()), stop.Token));
        Assert.Equal(stop.Token, thrown.CancellationToken);
    }

    private static string Text(Outcome outcome) => Encoding.UTF8.GetString(outcome.ResponseBody.Span);

    private static async Task<Outcome.Failed> Failing(Receiver receiver, WebhookOptions? options = null) =>
        Assert.IsType<Outcome.Failed>(await Sending.Send(receiver.Url(), options));

    /// <summary>Given up when the answer had begun: with more time, where a slow machine took all of it before.</summary>
    private static async Task<Outcome.Failed> GivenUpWhileReading(Receiver receiver)
    {
        for (var options = Sending.Hasty; ; options = options with { Timeout = options.Timeout * 5 })
            if (await Failing(receiver, options) is var failed && (failed.ResponseBody.Length > 0 || options.Timeout > Sending.Patient.Timeout)) return failed;
    }
}
