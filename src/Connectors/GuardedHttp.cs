using System.Net;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Connectors;

/// <summary>
/// Fetches what we read ourselves from addresses that tenants name: discovery documents, key sets, token endpoints. As guarded as a webhook: addresses are checked when they are dialled; no
/// redirect, proxy, cookie or decompression; at most <see cref="BytesMax"/> in at most <see cref="Timeout"/>. Plain http only into networks that the operator allows. Thread-safe.
/// </summary>
public sealed class GuardedHttp : IDisposable
{
    public const int BytesMax = 1024 * 1024;

    /// <summary>From the name lookup to the last byte.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly AddressGuard guard;
    private readonly HttpClient http;

    public GuardedHttp(AddressGuard guard) : this(guard, Timeout, new NameLookup(Dns.GetHostAddresses).Resolve)
    {
    }

    internal GuardedHttp(AddressGuard guard, TimeSpan timeout, Resolve resolve)
    {
        this.guard = guard;
        var (any, plain) = (new GuardedDialer(guard, resolve), new GuardedDialer(guard.OnlyAllowed(), resolve));
        var sockets = WebhookSockets.Open(any, new WebhookOptions { ConnectTimeout = timeout });
        sockets.ConnectCallback = (context, stop) =>
            (context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps ? any : plain).Dial(context.DnsEndPoint, stop);
        http = new HttpClient(sockets) { Timeout = timeout, MaxResponseContentBufferSize = BytesMax };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("EventMesh/1");
    }

    /// <summary>Sends, and reads the whole answer, whatever its status.</summary>
    /// <param name="request">An absolute address. The caller disposes of it.</param>
    public async Task<Fetched> Send(HttpRequestMessage request, CancellationToken stop)
    {
        if (guard.CheckUrl(request.RequestUri!) is { } refusal) return new Fetched.Failed(refusal, Final: true);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, stop);
            var type = answer.Content.Headers.ContentType?.MediaType;
            var body = request.Method == HttpMethod.Head ? [] : await answer.Content.ReadAsByteArrayAsync(stop);
            return new Fetched.Answer((int)answer.StatusCode, type, body, Header(answer, "Retry-After")) { ETag = Header(answer, "ETag"), Length = answer.Content.Headers.ContentLength };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Fetched.Failed($"no whole answer within {http.Timeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException tooLong) when (tooLong.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new Fetched.Failed($"the answer has more than {BytesMax} bytes or too long headers");
        }
        catch (Exception thrown) when (!stop.IsCancellationRequested && Failures.Of(thrown) is not null)
        {
            var (kind, error) = Failures.Of(thrown)!.Value;
            return new Fetched.Failed(error, Final: kind == Failure.AddressRefused);
        }
    }

    public async Task<Fetched> Get(Uri address, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        return await Send(request, stop);
    }

    public void Dispose() => http.Dispose();

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
