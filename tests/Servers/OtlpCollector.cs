using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace EventMesh.Tests.Servers;

/// <summary>An OTLP collector that keeps what it is sent, as it is sent: in memory, or in the files of a directory.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly string? directory;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private readonly HttpListener listener = new();
    private readonly Task listening;

    public OtlpCollector(string? directory = null)
    {
        this.directory = directory;
        Address = $"http://127.0.0.1:{Ports.Next()}";
        listener.Prefixes.Add(Address + "/");
        listener.Start();
        listening = Listen();
    }

    public string Address { get; }

    /// <summary>Whether the bodies sent to a path hold some bytes and all of some texts.</summary>
    public bool Has(string path, byte[] bytes, params string[] texts)
    {
        var whole = received.Where(r => r.Path == path).SelectMany(r => r.Body).ToArray().AsSpan();
        foreach (var text in texts)
            if (whole.IndexOf(Encoding.UTF8.GetBytes(text)) < 0) return false;
        return whole.IndexOf(bytes) >= 0;
    }

    public bool Has(string text) => received.Any(r => r.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private async Task Listen()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (directory is null) received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                else await Keep(context.Request.Url!.AbsolutePath, body.ToArray());
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (HttpListenerException)
        {
            // It was stopped.
        }
        catch (ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task Keep(string path, byte[] body)
    {
        await using var file = new FileStream(Path.Combine(directory!, path.Replace('/', '-')), FileMode.Append);
        await file.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await listening;
    }
}
