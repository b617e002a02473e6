using System.Net;
using System.Net.Sockets;

namespace EventMesh.Tests.Servers;

/// <summary>Stands between a process and a server on loopback, and may fall silent: connections stay open, and nothing comes through any more.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int to;
    private readonly Task accepting;
    private volatile TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Relay(int to)
    {
        this.to = to;
        listener.Start();
        open.SetResult();
        accepting = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <param name="port">Of the server, on 127.0.0.1.</param>
    public static Relay To(int port) => new(port);

    public void FallSilent() => open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => open.TrySetResult();

    private async Task Accept()
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = Carry(client);
        }
    }

    private async Task Carry(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, to, stop.Token);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await Task.WhenAny(Carry(client.GetStream(), server.GetStream(), ended.Token), Carry(server.GetStream(), client.GetStream(), ended.Token));
            await ended.CancelAsync();
        }
    }

    private async Task Carry(NetworkStream from, NetworkStream to, CancellationToken ended)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, ended) is > 0 and var read)
        {
            await open.Task.WaitAsync(ended);
            await to.WriteAsync(buffer.AsMemory(0, read), ended);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
    }
}
