using System.Collections.Concurrent;
using System.Text;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery;

/// <summary>The signing secrets of connections, read once by this node from their workspace: a secret does not change while its connection lives.</summary>
public sealed class SigningSecrets(Store store)
{
    private readonly ConcurrentDictionary<(string Workspace, string Connection), string> read = new();

    /// <summary>The name under which a workspace keeps the secret of a connection.</summary>
    public static string NameOf(string connection) => "connections/" + connection + "/signing";

    /// <exception cref="InvalidOperationException">The connection has no secret.</exception>
    public async ValueTask<string> Of(string workspace, string connection, CancellationToken stop)
    {
        if (read.TryGetValue((workspace, connection), out var known)) return known;
        var value = await store.For(workspace).ReadSecret(NameOf(connection), stop).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Connection {connection} of {workspace} has no signing secret.");
        return read[(workspace, connection)] = Encoding.UTF8.GetString(value);
    }
}
