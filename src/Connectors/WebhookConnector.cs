using System.Diagnostics;
using System.Net;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Connectors;

/// <summary>
/// Sends deliveries as signed webhooks. One pool of sockets serves all workspaces; an attempt that hangs holds its own socket
/// and nothing else.
/// </summary>
public sealed class WebhookConnector : IConnector, IDisposable
{
    private readonly AddressGuard guard;
    private readonly WebhookOptions options;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker http;

    public WebhookConnector(AddressGuard guard, WebhookOptions options, TimeProvider time)
        : this(guard, options, time, new NameLookup(Dns.GetHostAddresses).Resolve)
    {
    }

    internal WebhookConnector(AddressGuard guard, WebhookOptions options, TimeProvider time, Resolve resolve)
    {
        this.guard = guard;
        this.options = options;
        this.time = time;
        http = new HttpMessageInvoker(WebhookSockets.Open(new GuardedDialer(guard, resolve), options));
    }

    public string Kind => "webhook";

    public void Dispose() => http.Dispose();

    public async Task<Outcome> Send(Outgoing outgoing, CancellationToken stop)
    {
        using var span = Telemetry.Start(Kind, outgoing);
        var started = time.GetTimestamp();
        var outcome = guard.CheckUrl(outgoing.Url) is { } refusal
            ? Failed(Failure.AddressRefused, refusal, started)
            : await Attempt(outgoing, span, started, stop);
        Telemetry.Finish(span, outcome);
        return outcome;
    }

    private async Task<Outcome> Attempt(Outgoing outgoing, Activity? span, long started, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(options.Timeout);
        using var request = WebhookRequest.Of(outgoing, span?.Id ?? outgoing.TraceParent);
        try
        {
            using var answer = await http.SendAsync(request, deadline.Token);
            var response = await Response.Read(answer, deadline.Token);
            if (outgoing.Authorization is { } shown) response = response with { Body = shown.StruckFrom(response.Body) };
            stop.ThrowIfCancellationRequested();
            return Judge(answer, response, started, deadline.IsCancellationRequested);
        }
        catch (Exception thrown) when (!stop.IsCancellationRequested)
        {
            if (deadline.IsCancellationRequested) return Failed(Failure.Timeout, Late, started);
            if (Failures.Of(thrown) is not var (kind, error)) throw;
            return Failed(kind, error, started);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    private Outcome Judge(HttpResponseMessage answer, Response response, long started, bool late)
    {
        var status = (int)answer.StatusCode;
        var duration = time.GetElapsedTime(started).TotalMilliseconds;
        Outcome.Failed Fail(Failure kind, string error, TimeSpan? retryAfter = null) =>
            new(kind, status, error, retryAfter, duration, response.Body, response.ContentType);

        if (!answer.IsSuccessStatusCode)
        {
            return status switch
            {
                (int)HttpStatusCode.Gone => Fail(Failure.Gone, "status 410"),
                >= 300 and < 400 => Fail(Failure.Status, $"status {status}: redirects are not followed"),
                (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.ServiceUnavailable => Fail(Failure.Status, $"status {status}", RetryAfterOf(answer)),
                _ => Fail(Failure.Status, $"status {status}"),
            };
        }

        // A receiver may send its status before it has done its work. An answer that breaks off is tried again: a repeat
        // carries the same webhook-id and is recognised, an event lost here is lost for good.
        if (response.Broken is null) return new Outcome.Delivered(status, duration, response.Body, response.ContentType);
        return late
            ? Fail(Failure.Timeout, Late)
            : Fail(Failure.BadResponse, "the connection was closed before the answer was whole");
    }

    private string Late => $"no whole answer within {options.Timeout.TotalSeconds:0.###} s";

    private TimeSpan? RetryAfterOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? RetryAfter.Parse(values.ToString(), time.GetUtcNow()) : null;

    private Outcome.Failed Failed(Failure kind, string error, long started) =>
        new(kind, null, error, null, time.GetElapsedTime(started).TotalMilliseconds, default, null);
}
