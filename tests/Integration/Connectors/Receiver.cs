using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EventMesh.Tests.Integration.Connectors;

/// <summary>A webhook receiver on loopback that is free to misbehave: it hands each request to a script that writes bytes.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentBag<Task> conversations = [];
    private readonly Func<Exchange, Task> answer;
    private readonly Func<Stream, Task<Stream>> secure;
    private readonly Task accepting;

    public Receiver(Func<Exchange, Task> answer, Func<Stream, Task<Stream>>? secure = null)
    {
        this.answer = answer;
        this.secure = secure ?? Task.FromResult;
        listener.Start();
        accepting = Accept();
    }

    public ConcurrentQueue<Request> Requests { get; } = [];

    public int Connections => conversations.Count;

    public Uri Url(string path = "/hook", string host = "127.0.0.1", string scheme = "http") =>
        new($"{scheme}://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}{path}");

    public static Receiver Answering(string response) => new(exchange => exchange.Write(response));

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(conversations);
        ended.Dispose();
    }

    private async Task Accept()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                conversations.Add(Converse(client));
            }
            catch (Exception) when (ended.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task Converse(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = await secure(client.GetStream());
                while (await Read(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    var exchange = new Exchange(request, stream, client, ended.Token);
                    await answer(exchange);
                    if (exchange.IsLast) return;
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The sender hung up, or the test is over.
            }
        }
    }

    private async Task<Request?> Read(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, ended.Token) == 0) return null;
            head.Add(one[0]);
        }
        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, ended.Token);
        return new Request(lines[0], headers, body);
    }
}

internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>One request and the socket it came on.</summary>
internal sealed class Exchange(Request request, Stream stream, TcpClient client, CancellationToken ended)
{
    public Request Request { get; } = request;

    public bool IsLast { get; private set; }

    public CancellationToken Ended { get; } = ended;

    public Task Write(string text) => Write(Encoding.Latin1.GetBytes(text));

    public async Task Write(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, Ended);
        await stream.FlushAsync(Ended);
    }

    /// <summary>Says nothing until the sender hangs up.</summary>
    public async Task Hang() => IsLast = await stream.ReadAsync(new byte[1], Ended) == 0;

    /// <summary>Writes one byte of <paramref name="text"/> at a time, for ever from its beginning.</summary>
    public async Task Drip(string text, TimeSpan pace)
    {
        using var drops = new PeriodicTimer(pace);
        for (var i = 0; await drops.WaitForNextTickAsync(Ended); i++) await Write(text[(i % text.Length)..][..1]);
    }

    /// <summary>Ends the connection with what was written so far.</summary>
    public void Close() => IsLast = true;

    /// <summary>Ends the connection with a TCP reset.</summary>
    public void Reset()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Client.Close();
        IsLast = true;
    }
}
