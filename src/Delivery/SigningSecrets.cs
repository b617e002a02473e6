using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using EventMesh.Delivery.Offboarding;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery;

/// <summary>
/// The values of signing secrets, each read once by this node. Which of them sign is for the index to say; what signs no more, because it ended or its
/// connection was deleted, is forgotten at the connection's next attempt and by a look at all of them once a minute.
/// </summary>
public sealed class SigningSecrets(Store store, IndexFollower follower, SecretUses uses, TimeProvider clock) : IForgets
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), ImmutableDictionary<string, Held>> read = new();
    private long lookedAt = clock.GetTimestamp();

    private sealed class Held(string value, UseCount uses)
    {
        public string Value => value;
        public UseCount Uses => uses;
    }

    /// <summary>The name under which a workspace keeps a secret of a connection.</summary>
    /// <param name="secret">Its id; the first one's place is older than ids are.</param>
    public static string NameOf(string connection, string secret) =>
        "connections/" + connection + "/signing" + (secret == SigningSecret.FirstId ? "" : "/" + secret);

    /// <summary>The values of <paramref name="active"/>, in their order. That each signs for the run is counted.</summary>
    /// <exception cref="InvalidOperationException">The workspace keeps no such secret.</exception>
    public async ValueTask<IReadOnlyList<string>> Of(RunContext run, string connection, IReadOnlyList<SigningSecret> active, CancellationToken stop)
    {
        Look();
        var known = read.GetValueOrDefault((run.Workspace, connection), ImmutableDictionary<string, Held>.Empty);
        var (held, now) = (new Held[active.Count], clock.GetUtcNow());
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = known.GetValueOrDefault(active[i].Id) ?? await Read(run.Workspace, connection, active[i].Id, stop).ConfigureAwait(false);
            held[i].Uses.Count(run.Id, now);
        }
        if (known.Count != held.Length || active.Any(s => !known.ContainsKey(s.Id)))
            read[(run.Workspace, connection)] = active.Select((s, i) => KeyValuePair.Create(s.Id, held[i])).ToImmutableDictionary(StringComparer.Ordinal);
        return Array.ConvertAll(held, h => h.Value);
    }

    /// <summary>How many values this node holds.</summary>
    internal int Kept => read.Values.Sum(v => v.Count);

    private async Task<Held> Read(string workspace, string connection, string secret, CancellationToken stop)
    {
        var name = NameOf(connection, secret);
        var value = await store.For(workspace).ReadSecret(name, stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"Connection {connection} of {workspace} has no signing secret {secret}.");
        return new(Encoding.UTF8.GetString(value), uses.Of(workspace, name, 1, SecretPurpose.Signing));
    }

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

    public void Forget(string workspace) => read.Forget(workspace);
}
