using System.Collections.Concurrent;
using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Projections.Index;

/// <summary>A replay that has not ended.</summary>
/// <param name="Started">Where the asking is stored: whatever happened before lies before it.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Elevation">The elevation under which they asked.</param>
/// <param name="Cancelling">Somebody asked that it stop.</param>
public sealed record RunningReplay(string Workspace, string Id, Position Started, string? Actor, string? Elevation, ReplayEvent.ReplayStarted Asked, bool Cancelling);

/// <summary>Which replays run, whoever started them on whatever node: what wakes those that carry them out, so that nobody need look while there are none.</summary>
public sealed class RunningReplays
{
    private readonly ConcurrentDictionary<(string Workspace, string Id), RunningReplay> running = new();

    /// <summary>Signalled when one is started, cancelled or ended.</summary>
    public Arrivals Changed { get; } = new();

    public IReadOnlyList<RunningReplay> All => [.. running.Values];

    public RunningReplay? Find(string workspace, string id) => running.GetValueOrDefault((workspace, id));

    public int CountOf(string workspace) => running.Keys.Count(k => k.Workspace == workspace);

    internal void Forget(string workspace)
    {
        foreach (var of in running.Keys.Where(k => k.Workspace == workspace)) running.TryRemove(of, out _);
    }

    internal void Apply(StoredEvent stored, ReplayEvent happened)
    {
        var key = (stored.Workspace, stored.Stream);
        switch (happened)
        {
            case ReplayEvent.ReplayStarted asked:
                running[key] = new(stored.Workspace, stored.Stream, stored.Position, stored.Actor, stored.Elevation, asked, false);
                break;
            case ReplayEvent.ReplayCancelled when running.TryGetValue(key, out var found):
                running[key] = found with { Cancelling = true };
                break;
            case ReplayEvent.ReplayFinished:
                running.TryRemove(key, out _);
                break;
        }
        Changed.Signal();
    }
}
