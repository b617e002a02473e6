using EventMesh.Domain.Encryption;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Sealing;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Encryption;

/// <summary>
/// Carries out the rotation of keys, on one node at a time: data keys that another master key has wrapped, workspaces whose data key was replaced, and what is plain from before. What there
/// is to do is read from the database before each step, and each step may be done twice: another node goes on wherever this one ends.
/// </summary>
public sealed partial class Resealer(Store store, TimeProvider clock, ILogger<Resealer> log)
{
    public const string LeaseName = "key-rotation";

    /// <summary>The stream of <see cref="Workspace.PlatformId"/> that tells of master keys.</summary>
    public const string MasterKeyStream = "master-key";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long a key is kept after nothing is sealed by it any more: whoever has just read a value as it was before opens it in that time.</summary>
    private static readonly TimeSpan Readers = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(string Workspace, int Number), long> emptiedAt = [];

    private long? lookedForPlainAt;
    private long? toldAt;

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, LeaseName, stop).ConfigureAwait(false);
        var (rewrapping, resealing) = (new Rewrapping(store, lease), new Resealing(store, lease));
        while (true)
        {
            var busy = await Rewrap(rewrapping, stop).ConfigureAwait(false);
            foreach (var (workspace, number) in await resealing.Rotating(stop).ConfigureAwait(false)) busy |= await Rotate(resealing, workspace, number, stop).ConfigureAwait(false);
            busy |= await SealPlain(resealing, stop).ConfigureAwait(false);
            if (!busy) await Task.Delay(LookEvery, clock, stop).ConfigureAwait(false);
        }
    }

    private async Task<bool> Rewrap(Rewrapping rewrapping, CancellationToken stop)
    {
        var (wanted, _) = await store.For(Workspace.PlatformId).Fold<MasterKey, MasterKeyEvent>(MasterKeyStream, MasterKey.Initial, MasterKey.Evolve, stop).ConfigureAwait(false);
        if (wanted.Wanted is not { } masterKey) return false;
        if (!await rewrapping.Has(masterKey, stop).ConfigureAwait(false))
        {
            if (MayTell()) NotHere(masterKey);
            return false;
        }
        var count = await rewrapping.Next(masterKey, stop).ConfigureAwait(false);
        if (count > 0) Rewrapped(masterKey, count);
        return count > 0;
    }

    private async Task<bool> Rotate(Resealing resealing, string workspace, int number, CancellationToken stop)
    {
        var step = await resealing.Step(workspace, number, stop).ConfigureAwait(false);
        foreach (var broken in step.Broken) Broken(workspace, broken.Message);
        if (step.Retire.Count == 0) return !step.Waits;
        if (!emptiedAt.TryGetValue((workspace, number), out var emptied)) emptiedAt[(workspace, number)] = emptied = clock.GetTimestamp();
        if (clock.GetElapsedTime(emptied) < Readers) return false;
        // Told first: a crash in between has it told and destroyed again, and neither changes anything.
        foreach (var old in step.Retire)
        {
            var command = new DataKeysCommand.RetireDataKey(old, step.Kept.Contains(old), clock.GetUtcNow());
            await store.For(workspace).Decide<DataKeys, DataKeysEvent>(Store.DataKeyStream, Store.DataKeyStream, DataKeys.Initial, DataKeys.Evolve,
                state => DataKeysDecider.Decide(command, state), new EventMetadata(command.At, "eventmesh"), null, stop).ConfigureAwait(false);
        }
        await resealing.Retire(workspace, number, step.Retire, stop).ConfigureAwait(false);
        emptiedAt.Remove((workspace, number));
        Rotated(workspace, number, step.Kept.Count);
        return true;
    }

    private async Task<bool> SealPlain(Resealing resealing, CancellationToken stop)
    {
        if (lookedForPlainAt is { } at && clock.GetElapsedTime(at) < PlainEvery) return false;
        if (await resealing.SealPlain(stop).ConfigureAwait(false)) return true;
        lookedForPlainAt = clock.GetTimestamp();
        return false;
    }

    private bool MayTell()
    {
        if (toldAt is { } at && clock.GetElapsedTime(at) < TellEvery) return false;
        toldAt = clock.GetTimestamp();
        return true;
    }

    [LoggerMessage(EventName = "encryption.rewrapped", Level = LogLevel.Information, Message = "encryption.rewrapped {master_key} {count}")]
    private partial void Rewrapped(string master_key, int count);

    [LoggerMessage(EventName = "encryption.rotated", Level = LogLevel.Information, Message = "encryption.rotated {tenant_id} {number} {kept}")]
    private partial void Rotated(string tenant_id, int number, int kept);

    [LoggerMessage(EventName = "encryption.master_key_not_current", Level = LogLevel.Warning, Message = "Data keys are to be wrapped by master key {MasterKey}, which is not the current one of this node")]
    private partial void NotHere(string masterKey);

    [LoggerMessage(EventName = "encryption.broken", Level = LogLevel.Error, Message = "encryption.broken {tenant_id}: {reason}")]
    private partial void Broken(string tenant_id, string reason);
}
