using System.Collections.Concurrent;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using Microsoft.Extensions.Logging;

namespace EventMesh.Delivery.Log;

/// <summary>
/// Gives each checkpoint to each witness, in order and at least once: on one node at a time, from where the database says that the witness is. One that does not answer is asked ever less
/// often, and keeps nobody waiting for long.
/// </summary>
/// <param name="ofAll">Those of the platform, which get the checkpoints of every workspace and of the platform itself.</param>
/// <param name="open">The witness at an address that a workspace named.</param>
public sealed partial class Witnesses(Store store, IndexFollower index, IReadOnlyList<IWitness> ofAll, Func<Uri, IWitness> open, TimeProvider clock, ILogger<Witnesses> log)
{
    public const string LeaseName = "log-witnesses";
    private const int AtOnce = 16;
    private const int Together = 50;
    private const int ErrorCharsMax = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(10);

    private readonly WitnessTable table = new(store);
    private readonly Dictionary<string, IWitness> platforms = ofAll.ToDictionary(w => w.Address, StringComparer.Ordinal);
    /// <summary>The platform's own.</summary>
    public IReadOnlyList<IWitness> OfAll => ofAll;

    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Something was signed here.</summary>
    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    public async Task Run(CancellationToken stop)
    {
        await using var lease = await LeaseSession.Open(store, stop).ConfigureAwait(false);
        while (true)
        {
            // Taken again by its holder, and lost with the session: then this throws, and the host begins anew.
            if (await lease.TryTake(LeaseName, stop).ConfigureAwait(false)) await Look(stop).ConfigureAwait(false);
            await wake.WaitAsync(LookEvery, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Gives all witnesses what they lack and may be given now.</summary>
    public async Task Look(CancellationToken stop)
    {
        var own = index.Index.Workspaces.SelectMany(id => index.Index.Find(id)?.Workspace is Workspace.Open open ? open.Witnesses.Select(w => (id, w)) : []).ToArray();
        var lagging = await table.Lagging(own, [.. ofAll.Select(w => w.Address)], clock.GetUtcNow(), stop).ConfigureAwait(false);
        var down = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(lagging, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (to, token) =>
        {
            // It did not answer for another workspace a moment ago.
            if (down.ContainsKey(to.Witness)) return;
            if (!await Give(to, token).ConfigureAwait(false)) down[to.Witness] = true;
        }).ConfigureAwait(false);
    }

    private async Task<bool> Give(Lagging to, CancellationToken stop)
    {
        var witness = platforms.GetValueOrDefault(to.Witness) ?? open(new Uri(to.Witness));
        foreach (var checkpoint in await table.Next(to.Workspace, to.Pushed, Together, stop).ConfigureAwait(false))
        {
            switch (await Ask(witness, checkpoint, stop).ConfigureAwait(false))
            {
                case Witnessed.Kept kept:
                    await table.Kept(to, checkpoint.Size, kept.Cosignatures, clock.GetUtcNow(), stop).ConfigureAwait(false);
                    break;
                case Witnessed.Failed failed:
                    var (now, pause) = (clock.GetUtcNow(), PauseMin * (1 << Math.Min(to.Failures, 8)));
                    LogFailed(log, to.Workspace, checkpoint.Size, to.Failures + 1, failed.Error);
                    await table.Failed(to, failed.Error.Length > ErrorCharsMax ? failed.Error[..ErrorCharsMax] : failed.Error, now, now + (pause < PauseMax ? pause : PauseMax), stop).ConfigureAwait(false);
                    return false;
            }
        }
        return true;
    }

    private static async Task<Witnessed> Ask(IWitness witness, StoredCheckpoint checkpoint, CancellationToken stop)
    {
        try
        {
            return await witness.Give(Origin(checkpoint.Note), checkpoint, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of ours with one witness; it is told with it, and the others get theirs.
            return new Witnessed.Failed($"{fault.GetType().Name}: {fault.Message}");
        }
    }

    // As it was when the checkpoint was signed.
    private static string Origin(string note) => note[..note.IndexOf('\n', StringComparison.Ordinal)];

    [LoggerMessage(EventName = "log.witness_failed", Level = LogLevel.Warning, Message = "A witness of {tenant_id} could not be given the checkpoint of {size} leaves ({failures} times in a row): {error}")]
    private static partial void LogFailed(ILogger log, string tenant_id, long size, int failures, string error);
}
