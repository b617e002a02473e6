using System.Collections.Concurrent;
using System.Diagnostics;
using EventMesh.Connectors;
using Xunit;

namespace EventMesh.Tests.Integration.Connectors;

public sealed class SpanTests
{
    [Theory]
    [InlineData(204, ActivityStatusCode.Unset)]
    [InlineData(500, ActivityStatusCode.Error)]
    public async Task An_attempt_is_one_span_that_says_whose_it_is_and_nothing_confidential(int status, ActivityStatusCode expected)
    {
        var trace = ActivityTraceId.CreateRandom();
        var parent = $"00-{trace}-b7ad6b7169203331-01";
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            // Tests run side by side: only the spans of this trace are asked for.
            Sample = (ref ActivityCreationOptions<ActivityContext> asked) =>
                asked.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace) spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await using var receiver = Receiver.Answering($"HTTP/1.1 {status} So\r\n{(status == 204 ? "" : "Content-Length: 4\r\n")}\r\n{(status == 204 ? "" : "body")}");
        using var connector = Sending.Connector();
        await connector.Send(Sending.To(receiver.Url("/path?token=query")) with { TraceParent = parent, Authorization = Authorization.InHeader("X-Key", "canary") with { Query = ("key", "canary") } }, TestContext.Current.CancellationToken);

        var span = Assert.Single(spans);
        Assert.Equal(("EventMesh.Connectors", ActivityKind.Client, expected), (span.Source.Name, span.Kind, span.Status));
        Assert.Equal("b7ad6b7169203331", span.ParentSpanId.ToHexString());
        Assert.Equal("acme", span.GetTagItem("tenant_id"));
        Assert.Equal("con_1", span.GetTagItem("connection"));
        Assert.Equal("dlv_1", span.GetTagItem("delivery_id"));
        Assert.Equal(1, span.GetTagItem("attempt"));
        Assert.Equal(status, span.GetTagItem("http.response.status_code"));
        var told = string.Join(' ', span.TagObjects.Select(tag => tag.Value).Append(span.DisplayName).Append(span.StatusDescription));
        Assert.All(["query", "path", "whsec", "total", "body", "canary"], word => Assert.DoesNotContain(word, told, StringComparison.Ordinal));
        Assert.Equal(span.Id, Assert.Single(receiver.Requests).Headers["traceparent"]);
    }
}
