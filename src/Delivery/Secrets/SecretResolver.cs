using System.Collections.Concurrent;
using EventMesh.Delivery.Offboarding;
using EventMesh.Domain;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery.Secrets;

/// <summary>
/// Gives those that run the secrets of their workspace, and of no other. Values are read once by this node; whether one may still be given is for the index to say at each use,
/// and when the index has fallen behind, for the database.
/// </summary>
public sealed class SecretResolver(Store store, IndexFollower follower, SecretUses uses, SecretRefusals refusals, TimeProvider clock) : IForgets
{
    private const string PathStart = "tenants/";
    private const int KeptMax = 10_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Workspace, string Name, int Version), SecretValue> kept = new();
    private long lookedAt = clock.GetTimestamp();

    /// <summary>The value of a secret that the run's workspace keeps. Its use is counted.</summary>
    /// <param name="asked">Its name, or its path <c>tenants/{workspace}/{name}</c>.</param>
    /// <param name="version">Null for the newest that is active.</param>
    /// <exception cref="Refused"><c>secret.missing</c>: the workspace keeps no such secret, or no active version; the same for another's, which is recorded too.</exception>
    /// <exception cref="StoreUnavailable">Nobody knows whether it is still active.</exception>
    public async ValueTask<SecretValue> Resolve(RunContext run, string asked, SecretPurpose purpose, int? version = null, CancellationToken stop = default)
    {
        if (NameIn(run.Workspace, asked) is not { } name)
        {
            await refusals.Note(run, asked, purpose, stop).ConfigureAwait(false);
            throw None();
        }
        Look();
        await follower.EnsureCurrent(run.Workspace, stop).ConfigureAwait(false);
        var chosen = Active(run.Workspace, name, version);
        if (chosen is null)
        {
            // Another node may have been told of it a moment ago.
            await follower.TakeIn(run.Workspace, stop).ConfigureAwait(false);
            chosen = Active(run.Workspace, name, version) ?? throw None();
        }
        var value = kept.GetValueOrDefault((run.Workspace, name, chosen.Value)) ?? await Read(run.Workspace, name, chosen.Value, stop).ConfigureAwait(false);
        Use(run, name, chosen.Value, purpose);
        return value;
    }

    /// <summary>Counts a use of what the platform keeps for the workspace, such as <c>connections/con_…/oauth</c>, and the caller has read by other means.</summary>
    public void Use(RunContext run, string name, int version, SecretPurpose purpose) => uses.Of(run.Workspace, name, version, purpose).Count(run.Id, clock.GetUtcNow());

    /// <summary>How many values this node holds.</summary>
    internal int Held => kept.Count;

    /// <summary>The name that is asked for, when it is one that this workspace may have given; null for a path of another's and for what is no name.</summary>
    internal static string? NameIn(string workspace, string asked)
    {
        var own = PathStart + workspace + "/";
        var name = asked.StartsWith(own, StringComparison.Ordinal) ? asked[own.Length..] : asked;
        return Secret.IsName(name) ? name : null;
    }

    private int? Active(string workspace, string name, int? version)
    {
        if (follower.Index.Find(workspace)?.Secrets.GetValueOrDefault(name) is not { } secret) return null;
        var active = secret.ActiveAt(clock.GetUtcNow());
        return (version is { } wanted ? active.FirstOrDefault(v => v.Number == wanted) : active.LastOrDefault())?.Number;
    }

    private async Task<SecretValue> Read(string workspace, string name, int version, CancellationToken stop)
    {
        // Revoked since: its value is destroyed.
        var value = await store.For(workspace).ReadSecret(name, version, stop).ConfigureAwait(false) ?? throw None();
        if (kept.Count >= KeptMax) kept.Clear();
        return kept[(workspace, name, version)] = new(name, version, value);
    }

    private void Look()
    {
        var last = Interlocked.Read(ref lookedAt);
        if (clock.GetElapsedTime(last) < LookEvery || Interlocked.CompareExchange(ref lookedAt, clock.GetTimestamp(), last) != last) return;
        foreach (var (of, value) in kept)
            if (Active(of.Workspace, of.Name, of.Version) is null) kept.TryRemove(KeyValuePair.Create(of, value));
    }

    // One answer, whatever it was: what another keeps, what was revoked and what never was look alike.
    private static Refused None() => new("secret.missing", "The workspace keeps no such secret, or no version of it is active.");

    public void Forget(string workspace)
    {
        foreach (var (key, _) in kept)
            if (key.Workspace == workspace) kept.TryRemove(key, out _);
    }
}
