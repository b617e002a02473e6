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

namespace EventMesh.Delivery.Credentials;

/// <summary>
/// The secret parts of credentials and headers, each read once by this node: what an id names never changes. Which of them are used is for the index to say; what is used no
/// more is forgotten by a look at all of them once a minute.
/// </summary>
public sealed class CredentialValues(Store store, IndexFollower follower, SecretUses uses, TimeProvider clock) : IForgets
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Workspace, string Connection), ImmutableDictionary<string, Held>> read = new();
    private long lookedAt = clock.GetTimestamp();

    private sealed class Held(string value, UseCount uses)
    {
        public string Value => value;
        public UseCount Uses => uses;
    }

    /// <summary>The name under which a workspace keeps the secret part of a connection's credential.</summary>
    public static string NameOf(string connection, string secret) => $"connections/{connection}/credential/{secret}";

    /// <summary>The name under which a workspace keeps the value of a connection's header.</summary>
    public static string NameOfHeader(string connection, string secret) => $"connections/{connection}/headers/{secret}";

    /// <summary>Null when it is not kept any more. That it is used is counted.</summary>
    /// <param name="for">Id of what it is used for, such as a delivery.</param>
    public ValueTask<string?> OfCredential(string workspace, string connection, string secret, SecretPurpose purpose, string @for, CancellationToken stop) =>
        Of(workspace, connection, secret, NameOf(connection, secret), purpose, @for, stop);

    /// <inheritdoc cref="OfCredential"/>
    public ValueTask<string?> OfHeader(string workspace, string connection, string secret, string @for, CancellationToken stop) =>
        Of(workspace, connection, secret, NameOfHeader(connection, secret), SecretPurpose.Credential, @for, stop);

    /// <summary>How many values this node holds.</summary>
    internal int Kept => read.Values.Sum(v => v.Count);

    private async ValueTask<string?> Of(string workspace, string connection, string secret, string name, SecretPurpose purpose, string @for, CancellationToken stop)
    {
        Look();
        if (!read.TryGetValue((workspace, connection), out var known) || !known.TryGetValue(secret, out var held))
        {
            if (await store.For(workspace).ReadSecret(name, stop).ConfigureAwait(false) is not { } bytes) return null;
            held = new(Encoding.UTF8.GetString(bytes), uses.Of(workspace, name, 1, purpose));
            read.AddOrUpdate((workspace, connection),
                static (_, one) => ImmutableDictionary<string, Held>.Empty.Add(one.secret, one.held), static (_, all, one) => all.SetItem(one.secret, one.held), (secret, held));
        }
        held.Uses.Count(@for, clock.GetUtcNow());
        return held.Value;
    }

    private void Look()
    {
        var last = Interlocked.Read(ref lookedAt);
        if (clock.GetElapsedTime(last) < LookEvery || Interlocked.CompareExchange(ref lookedAt, clock.GetTimestamp(), last) != last) return;
        foreach (var (of, known) in read)
        {
            var used = follower.Index.Find(of.Workspace)?.Connections.GetValueOrDefault(of.Connection) switch
            {
                Connection.Enabled enabled => Used(enabled, enabled.Config),
                Connection.Disabled disabled => Used(disabled, disabled.Config),
                _ => [],
            };
            var unused = known.Keys.Where(id => !used.Contains(id)).ToArray();
            // Somebody who has just read anew keeps what they wrote.
            if (unused.Length == known.Count) read.TryRemove(KeyValuePair.Create(of, known));
            else if (unused.Length > 0) read.TryUpdate(of, known.RemoveRange(unused), known);
        }
    }

    private static HashSet<string> Used(Connection connection, WebhookConfig config)
    {
        var used = new HashSet<string>(config.SecretHeaders?.Values ?? [], StringComparer.Ordinal);
        if (connection.Credential.Secret is { } secret) used.Add(secret);
        return used;
    }

    public void Forget(string workspace) => read.Forget(workspace);
}
