using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using EventMesh.Domain.Connections;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery;

/// <summary>
/// The values of signing secrets, each read once by this node. Which of them sign is for the index to say; what signs no more, because it ended or its
/// connection was deleted, is forgotten at the connection's next attempt and by a look at all of them once a minute.
/// </summary>
public sealed class SigningSecrets(Store store, IndexFollower follower, TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), ImmutableDictionary<string, string>> read = new();
    private long lookedAt = clock.GetTimestamp();

    /// <summary>The name under which a workspace keeps a secret of a connection.</summary>
    /// <param name="secret">Its id; the first one's place is older than ids are.</param>
    public static string NameOf(string connection, string secret) =>
        "connections/" + connection + "/signing" + (secret == SigningSecret.FirstId ? "" : "/" + secret);

    /// <summary>The values of <paramref name="active"/>, in their order.</summary>
    /// <exception cref="InvalidOperationException">The workspace keeps no such secret.</exception>
    public async ValueTask<IReadOnlyList<string>> Of(string workspace, string connection, IReadOnlyList<SigningSecret> active, CancellationToken stop)
    {
        Look();
        var known = read.GetValueOrDefault((workspace, connection), ImmutableDictionary<string, string>.Empty);
        var values = new string[active.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = known.GetValueOrDefault(active[i].Id) ?? await Read(workspace, connection, active[i].Id, stop).ConfigureAwait(false);
        if (known.Count != values.Length || active.Any(s => !known.ContainsKey(s.Id)))
            read[(workspace, connection)] = active.Select((s, i) => KeyValuePair.Create(s.Id, values[i])).ToImmutableDictionary(StringComparer.Ordinal);
        return values;
    }

    /// <summary>How many values this node holds.</summary>
    internal int Held => read.Values.Sum(v => v.Count);

    private async Task<string> Read(string workspace, string connection, string secret, CancellationToken stop) =>
        Encoding.UTF8.GetString(await store.For(workspace).ReadSecret(NameOf(connection, secret), stop).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Connection {connection} of {workspace} has no signing secret {secret}."));

    private void Look()
    {
        var last = Interlocked.Read(ref lookedAt);
        if (clock.GetElapsedTime(last) < LookEvery || Interlocked.CompareExchange(ref lookedAt, clock.GetTimestamp(), last) != last) return;
        var now = clock.GetUtcNow();
        foreach (var (of, known) in read)
        {
            var active = follower.Index.Find(of.Workspace)?.Connections.GetValueOrDefault(of.Connection) switch
            {
                Connection.Enabled enabled => enabled.Secrets.ActiveAt(now),
                Connection.Disabled disabled => disabled.Secrets.ActiveAt(now),
                _ => [],
            };
            // Somebody who has just read anew keeps what they wrote.
            if (active.Count == 0) read.TryRemove(KeyValuePair.Create(of, known));
            else if (known.Keys.Any(id => active.All(s => s.Id != id))) read.TryUpdate(of, known.RemoveRange(known.Keys.Where(id => active.All(s => s.Id != id))), known);
        }
    }
}
