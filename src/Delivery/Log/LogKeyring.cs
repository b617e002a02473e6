using System.Collections.Concurrent;
using System.Security.Cryptography;
using EventMesh.Connectors;
using EventMesh.Domain;
using EventMesh.Domain.Log;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Log;

/// <summary>
/// The platform's keys for checkpoints and receipts: made at the first need by whichever node comes first, kept sealed as secrets of the platform, read once by each node that signs.
/// Thread-safe.
/// </summary>
/// <param name="origin">Names the keys that are made here.</param>
public sealed class LogKeyring(Store store, LogOrigin origin, TimeProvider clock)
{
    /// <summary>How late a node hears of a rotation on another one.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, byte[]> seeds = new(StringComparer.Ordinal);
    private volatile Known? known;

    private WorkspaceStore Platform => store.For(Workspace.PlatformId);

    /// <summary>All keys there ever were, at least one.</summary>
    public async ValueTask<LogKeys> Keys(CancellationToken stop)
    {
        if (known is { } recent && clock.GetElapsedTime(recent.At) < Remembered) return recent.Keys;
        var (keys, _) = await Platform.Fold<LogKeys, LogKeyEvent>(LogKeys.Stream, LogKeys.Initial, LogKeys.Evolve, stop).ConfigureAwait(false);
        if (keys.Current is not null) return Remember(keys);
        var (id, key) = await Make(Now(), stop).ConfigureAwait(false);
        return await Decide(new LogKeysCommand.BeginSigning(id, key, Now()), new(Now(), "eventmesh", LogKeys.Stream), stop).ConfigureAwait(false);
    }

    /// <summary>Signs with a new key from now on.</summary>
    /// <param name="overlap">How long the keys before it sign too.</param>
    public async Task<LogKeys> Rotate(TimeSpan overlap, EventMetadata metadata, CancellationToken stop)
    {
        var (id, key) = await Make(metadata.At, stop).ConfigureAwait(false);
        return await Decide(new LogKeysCommand.RotateLogKey(id, key, overlap, metadata.At), metadata, stop).ConfigureAwait(false);
    }

    /// <summary>The signature of one of <see cref="Keys"/>.</summary>
    internal async ValueTask<Func<byte[], byte[]>> SignerOf(LogKey key, CancellationToken stop)
    {
        if (!seeds.TryGetValue(key.Id, out var seed))
        {
            seed = await Platform.ReadSecret(SecretOf(key.Id), stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"The private half of the log key {key.Id} is gone.");
            seeds[key.Id] = seed;
        }
        return message => Ed25519.Sign(seed, message);
    }

    /// <summary>Makes a key and keeps its private half. Before the event that names it: a crash in between leaves a secret that nobody uses, not a key that cannot sign.</summary>
    private async Task<(string Id, string VerifierKey)> Make(DateTimeOffset at, CancellationToken stop)
    {
        var id = Ids.Sortable("lgk_", at, RandomNumberGenerator.GetBytes(10));
        var seed = RandomNumberGenerator.GetBytes(Ed25519.SeedBytes);
        await Platform.PutSecret(SecretOf(id), seed, at, stop).ConfigureAwait(false);
        return (id, new NoteKey(origin.Host, Ed25519.PublicKeyOf(seed)).ToString());
    }

    private async Task<LogKeys> Decide(LogKeysCommand command, EventMetadata metadata, CancellationToken stop)
    {
        var decided = await Platform.Decide<LogKeys, LogKeyEvent>(
            LogKeys.Stream, LogKeys.Stream, LogKeys.Initial, LogKeys.Evolve, s => LogKeysDecider.Decide(command, s), metadata, null, stop).ConfigureAwait(false);
        return Remember(decided.State);
    }

    private LogKeys Remember(LogKeys keys)
    {
        known = new(keys, clock.GetTimestamp());
        return keys;
    }

    // As precise as the database keeps it.
    private DateTimeOffset Now() => new(clock.GetUtcNow().Ticks / 10 * 10, TimeSpan.Zero);

    private static string SecretOf(string id) => "log/keys/" + id;

    private sealed record Known(LogKeys Keys, long At);
}
