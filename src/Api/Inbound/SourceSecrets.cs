using System.Collections.Concurrent;
using System.Text;
using EventMesh.Delivery.Offboarding;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Secrets;
using EventMesh.Domain.Sources;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Inbound;

/// <summary>The secrets of sources, read once by this node: an id's secret never changes, and a flood of requests reads it once.</summary>
public sealed class SourceSecrets(Store store, SecretUses uses) : IForgets
{
    private const int KeptMax = 20_000;

    private readonly ConcurrentDictionary<(string Workspace, string Name), Held> kept = new();

    private sealed record Held(VerifyingKey Key, UseCount Uses)
    {
        /// <summary>Without the key, wherever it may be printed.</summary>
        public override string ToString() => "Held";
    }

    /// <summary>The name under which a workspace keeps a secret of a source.</summary>
    public static string NameOf(string source, string secret) => $"sources/{source}/{secret}";

    /// <summary>The keys that hold at a moment.</summary>
    public async ValueTask<IReadOnlyList<VerifyingKey>> Of(string workspace, string id, Source.Enabled source, DateTimeOffset at, CancellationToken stop)
    {
        var keys = new List<VerifyingKey>(2);
        foreach (var secret in Source.Holding(source.Secrets, at)) keys.Add((await One(workspace, NameOf(id, secret.Id), source.Settings.Verification.Kind, stop).ConfigureAwait(false)).Key);
        return keys;
    }

    /// <summary>Counts that a request was verified. Those that were not are no use of a secret: anybody can send them.</summary>
    public void Verified(RunContext run, string id, Source.Enabled source, DateTimeOffset at)
    {
        foreach (var secret in Source.Holding(source.Secrets, at))
            if (kept.TryGetValue((run.Workspace, NameOf(id, secret.Id)), out var held)) held.Uses.Count(run.Id, at);
    }

    private async ValueTask<Held> One(string workspace, string name, VerificationKind kind, CancellationToken stop)
    {
        if (kept.TryGetValue((workspace, name), out var known)) return known;
        var value = await store.For(workspace).ReadSecret(name, stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"{workspace} keeps no secret {name}.");
        if (kept.Count >= KeptMax) kept.Clear();
        return kept[(workspace, name)] = new(SecretRules.Key(kind, Encoding.UTF8.GetString(value)), uses.Of(workspace, name, 1, SecretPurpose.InboundVerification));
    }

    public void Forget(string workspace) => kept.Forget(workspace);
}
