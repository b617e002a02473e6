using System.Net;
using System.Net.Sockets;

namespace EventMesh.Connectors;

internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken stop);

/// <summary>The address may not be called. The message names the reason, for operators; it is not for the connection's owner.</summary>
internal sealed class AddressRefusedException(string reason) : Exception($"Address refused: {reason}.");

/// <summary>
/// Opens sockets, to checked addresses only. The name is resolved once, the answer is checked, and the socket is opened to the very
/// address that was checked: a name that answers differently a moment later (rebinding) changes nothing, and however an IPv4 address
/// is spelled in the URL, what is checked is what is called.
/// </summary>
internal sealed class GuardedDialer(AddressGuard guard, Resolve resolve)
{
    private const int AddressesMax = 4;

    // An address that does not answer may not use up the time of the next one.
    private static readonly TimeSpan TurnOfOne = TimeSpan.FromSeconds(3);

    public async ValueTask<Stream> Dial(DnsEndPoint target, CancellationToken stop)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await resolve(target.Host, stop);
        if (guard.Reason(addresses) is { } reason) throw new AddressRefusedException(reason);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.NoData);

        var last = Math.Min(addresses.Length, AddressesMax) - 1;
        for (var turn = 0; turn < last; turn++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TurnOfOne);
            try
            {
                return await Open(addresses[turn], target.Port, patience.Token);
            }
            catch (Exception failed) when (failed is SocketException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // The next address has its turn; what the last one says is what is reported.
            }
        }
        return await Open(addresses[last], target.Port, stop);
    }

    private static async Task<Stream> Open(IPAddress address, int port, CancellationToken stop)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
