using System.Collections.Concurrent;
using System.Text;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Inbound;

/// <summary>The secrets of sources, read once by this node: an id's secret never changes, and a flood of requests reads it once.</summary>
public sealed class SourceSecrets(Store store)
{
    private const int KeptMax = 20_000;

    private readonly ConcurrentDictionary<(string Workspace, string Name), VerifyingKey> kept = new();

    /// <summary>The name under which a workspace keeps a secret of a source.</summary>
    public static string NameOf(string source, string secret) => $"sources/{source}/{secret}";

    /// <summary>The keys that hold at a moment.</summary>
    public async ValueTask<IReadOnlyList<VerifyingKey>> Of(string workspace, string id, Source.Enabled source, DateTimeOffset at, CancellationToken stop)
    {
        var keys = new List<VerifyingKey>(2);
        foreach (var secret in Source.Holding(source.Secrets, at)) keys.Add(await One(workspace, NameOf(id, secret.Id), source.Settings.Verification.Kind, stop).ConfigureAwait(false));
        return keys;
    }

    private async ValueTask<VerifyingKey> One(string workspace, string name, VerificationKind kind, CancellationToken stop)
    {
        if (kept.TryGetValue((workspace, name), out var known)) return known;
        var value = await store.For(workspace).ReadSecret(name, stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"{workspace} keeps no secret {name}.");
        if (kept.Count >= KeptMax) kept.Clear();
        return kept[(workspace, name)] = SecretRules.Key(kind, Encoding.UTF8.GetString(value));
    }
}
