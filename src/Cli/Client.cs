using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventMesh.Cli;

/// <summary>The public HTTP API as the commands see it: an answer, or a <see cref="Failure"/> that says what to do next.</summary>
internal sealed class Client : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient http;
    private readonly string server;

    private readonly Func<string, string?> token;

    /// <param name="token">Which token goes with a request to a path; null when none does.</param>
    public Client(Uri server, Func<string, string?> token)
    {
        this.token = token;
        this.server = server.AbsoluteUri.TrimEnd('/');
        http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would carry the token to a host that nobody named.
            AllowAutoRedirect = false,
            UseProxy = !server.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = Connect,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("eventmesh-cli");
    }

    public Task<Answer> Get(string path, CancellationToken cancel) => Send(HttpMethod.Get, path, null, cancel);

    /// <summary>What is not JSON: a text as the server has it.</summary>
    public async Task<string> Text(string path, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerTimeout);
        return await Reach(async () =>
        {
            using var response = await http.SendAsync(request, limit.Token);
            await Refuse(response, limit.Token);
            return await response.Content.ReadAsStringAsync(limit.Token);
        }, cancel);
    }

    public Task<Answer> Post(string path, JsonNode? body, CancellationToken cancel) => Send(HttpMethod.Post, path, Json(body), cancel);

    public Task<Answer> Post(string path, HttpContent body, CancellationToken cancel) => Send(HttpMethod.Post, path, body, cancel);

    public Task<Answer> Patch(string path, JsonNode body, CancellationToken cancel) => Send(HttpMethod.Patch, path, Json(body), cancel);

    public Task<Answer> Put(string path, JsonNode body, CancellationToken cancel) => Send(HttpMethod.Put, path, Json(body), cancel);

    public Task<Answer> Delete(string path, CancellationToken cancel) => Send(HttpMethod.Delete, path, null, cancel);

    /// <summary>Opens a stream of server-sent events; it has no time limit once it is open.</summary>
    public Task<Stream> Open(string path, CancellationToken cancel) => Open(path, "text/event-stream", cancel);

    /// <summary>Opens a stream of JSON, one object a line; it has no time limit once it is open.</summary>
    public Task<Stream> OpenLines(string path, CancellationToken cancel) => Open(path, "application/x-ndjson", cancel);

    private async Task<Stream> Open(string path, string type, CancellationToken cancel)
    {
        var request = Request(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(type);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerTimeout);
        return await Reach(async () =>
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await Refuse(response, limit.Token);
            return response.Content.Headers.ContentType?.MediaType == type
                ? await response.Content.ReadAsStreamAsync(limit.Token)
                : throw NotEventMesh();
        }, cancel);
    }

    /// <summary>Opens bytes from a place on; it has no time limit once it is open.</summary>
    /// <param name="tag">The ETag of what the caller has the beginning of.</param>
    /// <returns>The bytes, and where they begin: at the beginning when the server has others by now.</returns>
    public async Task<(Stream Body, long From)> OpenBytes(string path, long from, string tag, CancellationToken cancel)
    {
        var request = Request(HttpMethod.Get, path);
        if (from > 0) (request.Headers.Range, request.Headers.IfRange) = (new(from, null), new(tag));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerTimeout);
        return await Reach(async () =>
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await Refuse(response, limit.Token);
            return (await response.Content.ReadAsStreamAsync(limit.Token), response.Content.Headers.ContentRange?.From ?? 0);
        }, cancel);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Opens a table as CSV; it has no time limit once it is open.</summary>
    public Task<Stream> OpenCsv(string path, CancellationToken cancel) => Open(path, "text/csv", cancel);

    private async Task<Answer> Send(HttpMethod method, string path, HttpContent? body, CancellationToken cancel)
    {
        using var request = Request(method, path);
        request.Content = body;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerTimeout);
        return await Reach(async () =>
        {
            using var response = await http.SendAsync(request, limit.Token);
            await Refuse(response, limit.Token);
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(limit.Token), response.Headers.Date);
        }, cancel);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, server + path);
        if (token(path) is { } bearer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return request;
    }

    private async Task Refuse(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
            return;
        throw Problem.From((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel), server, response.Headers.RetryAfter);
    }

    private async Task<T> Reach<T>(Func<Task<T>> exchange, CancellationToken cancel)
    {
        try
        {
            return await exchange();
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error.InnerException?.Message ?? error.Message);
        }
        catch (JsonException)
        {
            throw NotEventMesh();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {AnswerTimeout.TotalSeconds:0} s");
        }
    }

    private Failure NotEventMesh() => new(
        ExitCode.ServerFailed, $"{server} answers, but not as EventMesh does", "Is it another program's address? Give EventMesh's with --server or EVENTMESH_SERVER.");

    private Failure Unreachable(string reason) => new(
        ExitCode.Unreachable, $"cannot reach {server}: {Readable.Line(reason)}",
        "Start a server with `make run`, or say where it is with --server URL or EVENTMESH_SERVER.");

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Nobody tells a follower that the network went away: after 30 s of silence from the other machine the connection counts as lost.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static StringContent? Json(JsonNode? body) =>
        body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
}
