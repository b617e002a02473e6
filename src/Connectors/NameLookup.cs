using System.Collections.Concurrent;
using System.Net;

namespace EventMesh.Connectors;

/// <summary>
/// Asks the system's resolver. It blocks for as long as a name's servers take (tens of seconds), so every name has a thread of its own
/// while it is asked for, and one at most however many attempts wait: a slow name takes no thread from the pool, and so nothing from others.
/// Nothing is kept; a name is asked for anew with each connection that is opened.
/// </summary>
/// <param name="ask">Blocks until it knows.</param>
internal sealed class NameLookup(Func<string, IPAddress[]> ask)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IPAddress[]>>> asking = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="System.Net.Sockets.SocketException">The name has no address, or nobody could be asked.</exception>
    public Task<IPAddress[]> Resolve(string host, CancellationToken stop) =>
        asking.GetOrAdd(host, name => new Lazy<Task<IPAddress[]>>(() => Ask(name))).Value.WaitAsync(stop);

    private Task<IPAddress[]> Ask(string host) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                return ask(host);
            }
            finally
            {
                asking.TryRemove(host, out _);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
