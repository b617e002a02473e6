using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Jose;
using EventMesh.Delivery.Offboarding;
using EventMesh.Domain.Identity;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Api.Issuing;

/// <summary>The private keys that issuers sign with: each is made here, kept as a secret of its workspace, and read once by each node that signs.</summary>
public sealed class SigningKeys(Store store, IndexFollower index, TimeProvider clock) : IForgets
{
    private const int KeptMax = 4_096;

    private readonly ConcurrentDictionary<(string Workspace, string Kid), Es256Key> kept = new();

    /// <summary>The key that signs now. A workspace that is older than issuers gets its first.</summary>
    public async ValueTask<Es256Key> SignerOf(ConfiguredWorkspace workspace, CancellationToken stop)
    {
        var signer = workspace.Identity.Issuer.SignerAt(clock.GetUtcNow())
            ?? (await Begin(workspace.Id, Metadata(), stop).ConfigureAwait(false)).SignerAt(clock.GetUtcNow())
            ?? throw new InvalidOperationException("An issuer has begun and has no key.");
        return kept.TryGetValue((workspace.Id, signer.Kid), out var key) ? key : await Load(workspace.Id, signer.Kid, stop).ConfigureAwait(false);
    }

    /// <summary>Gives an issuer its first key, unless it has one.</summary>
    public async Task<Issuer> Begin(string workspace, EventMetadata metadata, CancellationToken stop)
    {
        var key = await Make(workspace, metadata.At, stop).ConfigureAwait(false);
        var decided = await Decide(workspace, s => IssuerDecider.Decide(new IssuerCommand.BeginIssuing(key, metadata.At), s), metadata, null, stop).ConfigureAwait(false);
        return decided.State;
    }

    /// <summary>Makes a key and keeps its private half. Before the event that names it: a crash in between leaves a secret that nobody uses, not an issuer that cannot sign.</summary>
    public async Task<NewIssuerKey> Make(string workspace, DateTimeOffset at, CancellationToken stop)
    {
        using var key = Es256Key.Create();
        await store.For(workspace).PutSecret(SecretOf(key.Kid), key.Export(), at, stop).ConfigureAwait(false);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json)) key.Public.WriteTo(writer);
        return new(key.Kid, Encoding.UTF8.GetString(json.ToArray()));
    }

    /// <summary>Decides on an issuer's keys, and waits until this node knows.</summary>
    public async Task<Decided<Issuer, IssuerEvent>> Decide(
        string workspace, Func<Issuer, IReadOnlyList<IssuerEvent>> decide, EventMetadata metadata, long? expected, CancellationToken stop)
    {
        var decided = await store.For(workspace).Decide(Issuer.Stream, "issuer", Issuer.Initial, Issuer.Evolve, decide, metadata, expected, stop).ConfigureAwait(false);
        await Edge.FreshIndex.Reach(index, decided.Position, stop).ConfigureAwait(false);
        return decided;
    }

    /// <summary>What the platform itself does to keys carries its name.</summary>
    public EventMetadata Metadata() => new(clock.GetUtcNow(), "eventmesh", Issuer.Stream, null);

    private async Task<Es256Key> Load(string workspace, string kid, CancellationToken stop)
    {
        var secret = await store.For(workspace).ReadSecret(SecretOf(kid), stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"The private half of key {kid} of workspace {workspace} is gone.");
        // Those let go are read again when they are needed; a key that somebody signs with in this moment must not be disposed under them.
        if (kept.Count >= KeptMax) kept.Clear();
        return kept.GetOrAdd((workspace, kid), Es256Key.Import(secret));
    }

    private static string SecretOf(string kid) => "issuer/keys/" + kid;

    public void Forget(string workspace) => kept.Forget(workspace);
}
