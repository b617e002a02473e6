using System.Text;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class RequestTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_arrives_signed_with_the_event_as_it_was_given()
    {
        await using var receiver = Receiver.Answering(Ok);
        var delivered = Assert.IsType<Outcome.Delivered>(await Sending.Send(receiver.Url("/hook?token=t")));

        Assert.Equal(200, delivered.Status);
        Assert.Equal("ok", Encoding.UTF8.GetString(delivered.ResponseBody.Span));
        Assert.Equal("text/plain", delivered.ResponseContentType);
        Assert.InRange(delivered.DurationMs, 0.001, 30_000);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST /hook?token=t HTTP/1.1", request.Line);
        Assert.Equal(Sending.Event, Encoding.UTF8.GetString(request.Body));
        Assert.Equal("application/cloudevents+json; charset=utf-8", request.Headers["Content-Type"]);
        Assert.Equal("EventMesh/1.0 (+webhooks)", request.Headers["User-Agent"]);
        Assert.Equal("dlv_1", request.Headers["webhook-id"]);
        Assert.Equal("1800000000", request.Headers["webhook-timestamp"]);
        Assert.Equal(Verification.Valid, Signing.Verify(
            Sending.Secret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body, Sending.At));
    }

    [Fact]
    public async Task A_request_carries_these_headers_and_no_others()
    {
        await using var receiver = Receiver.Answering(Ok);
        await Sending.Send(receiver.Url());
        Assert.Equal(
            ["Content-Length", "Content-Type", "Host", "User-Agent", "webhook-id", "webhook-signature", "webhook-timestamp"],
            Assert.Single(receiver.Requests).Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_credential_goes_before_own_headers_and_what_the_target_repeats_of_it_is_not_kept()
    {
        await using var receiver = Receiver.Answering("HTTP/1.1 401 No\r\nContent-Length: 32\r\n\r\nnot yours: Bearer canary-token-1");
        using var connector = Sending.Connector();
        var failed = Assert.IsType<Outcome.Failed>(await connector.Send(
            Sending.To(receiver.Url("/hook?a=b")) with
            {
                Headers = new Dictionary<string, string> { ["AUTHORIZATION"] = "mine", ["X-Own"] = "1" },
                Authorization = Authorization.InHeader("Authorization", "Bearer canary-token-1") with { Query = ("key", "canary key") },
            }, Stop));
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST /hook?a=b&key=canary%20key HTTP/1.1", request.Line);
        Assert.Equal(("Bearer canary-token-1", "1"), (request.Headers["Authorization"], request.Headers["X-Own"]));
        Assert.DoesNotContain("canary", Encoding.UTF8.GetString(failed.ResponseBody.Span) + failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_headers_are_sent_and_reserved_ones_are_left_out()
    {
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(
            Sending.To(receiver.Url()) with
            {
                Headers = new Dictionary<string, string>
                {
                    ["Authorization"] = "Bearer b",
                    ["Expires"] = "0",
                    ["Host"] = "elsewhere.example",
                    ["Webhook-Id"] = "forged",
                    ["X-Split"] = "a\r\nX-Injected: b",
                },
            },
            Stop);

        var headers = Assert.Single(receiver.Requests).Headers;
        Assert.Equal("Bearer b", headers["Authorization"]);
        Assert.Equal("0", headers["Expires"]);
        Assert.StartsWith("127.0.0.1:", headers["Host"], StringComparison.Ordinal);
        Assert.Equal("dlv_1", headers["webhook-id"]);
        Assert.DoesNotContain("X-Split", headers.Keys);
        Assert.DoesNotContain("X-Injected", headers.Keys);
    }

    [Fact]
    public async Task Bare_data_is_signed_as_it_is_sent_with_the_attributes_as_headers()
    {
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(Sending.To(receiver.Url()) with { Body = BodyKind.Data }, Stop);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("""{"total":12}""", Encoding.UTF8.GetString(request.Body));
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("1.0", request.Headers["ce-specversion"]);
        Assert.Equal("order.paid", request.Headers["ce-type"]);
        Assert.Equal(Verification.Valid, Signing.Verify(
            Sending.Secret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body, Sending.At));
    }

    [Fact]
    public async Task An_event_without_data_is_an_empty_body()
    {
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(Sending.To(receiver.Url(), """{"specversion":"1.0","id":"1","source":"/","type":"t"}""") with { Body = BodyKind.Data }, Stop);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("0", request.Headers["Content-Length"]);
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
    }

    [Fact]
    public async Task A_trace_goes_on_at_the_receiver()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        await connector.Send(Sending.To(receiver.Url()) with { TraceParent = Parent }, Stop);
        Assert.StartsWith(Parent[..36], Assert.Single(receiver.Requests).Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_socket_serves_one_delivery_after_another()
    {
        await using var receiver = Receiver.Answering(Ok);
        using var connector = Sending.Connector();
        for (var i = 0; i < 20; i++) Assert.IsType<Outcome.Delivered>(await connector.Send(Sending.To(receiver.Url()), Stop));
        Assert.Equal(20, receiver.Requests.Count);
        Assert.Equal(1, receiver.Connections);
    }
}
