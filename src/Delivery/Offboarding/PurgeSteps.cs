using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using EventMesh.EventStore.Sealing;
using EventMesh.Messaging;

namespace EventMesh.Delivery.Offboarding;

/// <summary>What each step of a purge does. Every one may be begun again; none is left before what it is for holds.</summary>
/// <param name="patience">How long providers are asked to take tokens back.</param>
public sealed class PurgeSteps(Store store, IDispatchQueues queues, PurgedTokens tokens, PurgedStream history, FinalCheckpoint checkpoint, TimeProvider clock, TimeSpan patience)
{
    /// <summary>Every node has heard that the workspace is being purged, or asks the database before it relies on what it knew.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(2);

    /// <summary>A reader of the feed that has not come past the workspace by then finds nothing there; what it still writes is swept.</summary>
    private static readonly TimeSpan ReadersMax = TimeSpan.FromSeconds(30);

    private static readonly string[] KeyTables = ["eventmesh.data_key_rotations", "eventmesh.data_keys", "eventmesh.secrets"];
    private static readonly string[] StreamTables = ["public.mt_events", "public.mt_streams"];
    private const string Payloads = "eventmesh.payloads";

    /// <summary>Kept with skeletons, so that the log can still be checked.</summary>
    private static readonly string[] LogTables = ["eventmesh.log_tiles", "eventmesh.log_checkpoints", "eventmesh.log_state"];

    /// <returns>Whether the step is done; false when there is something to wait for.</returns>
    public async Task<bool> Take(PurgeStep step, PurgeRow row, Purging purging, CancellationToken stop)
    {
        switch (step)
        {
            case PurgeStep.Stop: return Since(row) >= Heard;
            case PurgeStep.Tokens: return await tokens.GiveBack(row, purging, Since(row) < patience, stop).ConfigureAwait(false);
            case PurgeStep.Shut: return await Shut(row, purging, stop).ConfigureAwait(false);
            case PurgeStep.Keys: return await Keys(row, purging, stop).ConfigureAwait(false);
            case PurgeStep.Queues: return await Queues(row.Workspace, purging, stop).ConfigureAwait(false);
            case PurgeStep.Payloads: return await Delete([Payloads], purging, stop).ConfigureAwait(false);
            case PurgeStep.Streams: return await Streams(row, purging, stop).ConfigureAwait(false);
            case PurgeStep.Rows: return await Delete(Others(await purging.Tables(stop).ConfigureAwait(false), row), purging, stop).ConfigureAwait(false);
            case PurgeStep.Sweep: return await Sweep(row, purging, stop).ConfigureAwait(false);
            default: throw new InvalidOperationException($"No such step: {step}.");
        }
    }

    private async Task<bool> Shut(PurgeRow row, Purging purging, CancellationToken stop)
    {
        await purging.Shut(stop).ConfigureAwait(false);
        if (!await purging.IsQuiet(stop).ConfigureAwait(false) || Since(row) < PurgedHere.Within) return false;
        if (Since(row) < ReadersMax && !(await purging.AreReadersPast(stop).ConfigureAwait(false) && await checkpoint.IsComplete(row.Workspace, stop).ConfigureAwait(false))) return false;
        await purging.NoteKeys(await checkpoint.Last(row.Workspace, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>The erasure key first: from then on nothing that anybody copied before opens, whatever happens to the rest of this.</summary>
    private async Task<bool> Keys(PurgeRow row, Purging purging, CancellationToken stop)
    {
        if (purging.ErasureKeys is { } erasure)
        {
            await purging.Count("erasure_keys", erasure.Has(row.Workspace) ? 1 : 0, stop).ConfigureAwait(false);
            erasure.Destroy(row.Workspace);
        }
        else if (row.Keys?.Any(k => k.Erasure) == true)
        {
            // Another node may have the folder; without it the key would stay.
            throw new ErasureKeyMissing(row.Workspace, null);
        }
        return await Delete(KeyTables, purging, stop).ConfigureAwait(false);
    }

    private async Task<bool> Queues(string workspace, Purging purging, CancellationToken stop)
    {
        queues.End(workspace);
        await purging.Count("queued_messages", await queues.CountWaiting(workspace, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        await queues.Delete(workspace, stop).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> Streams(PurgeRow row, Purging purging, CancellationToken stop)
    {
        if (row.Streams == "skeletons") await history.KeepSkeletons(row.Workspace, purging, stop).ConfigureAwait(false);
        return await Delete(StreamTables, purging, stop).ConfigureAwait(false);
    }

    private async Task<bool> Sweep(PurgeRow row, Purging purging, CancellationToken stop)
    {
        var tables = await purging.Tables(stop).ConfigureAwait(false);
        // The shadow of a rebuild becomes reachable when it is complete, or goes when it is given up.
        if (tables.Any(t => !t.Reachable) || Since(row) < PurgedHere.Within) return false;
        if (row.Streams == "skeletons") await history.KeepSkeletons(row.Workspace, purging, stop).ConfigureAwait(false);
        await Delete([Payloads, .. KeyTables, .. StreamTables, .. Others(tables, row)], purging, stop).ConfigureAwait(false);
        await Queues(row.Workspace, purging, stop).ConfigureAwait(false);
        purging.ErasureKeys?.Destroy(row.Workspace);
        store.ForgetKeys(row.Workspace);
        return true;
    }

    private static string[] Others(IReadOnlyList<PurgedTable> tables, PurgeRow row) =>
        [.. tables.Where(t => t.Reachable).Select(t => t.Name).Except([Payloads, .. KeyTables, .. StreamTables]).Except(row.Streams == "skeletons" ? LogTables : [])];

    private static async Task<bool> Delete(IEnumerable<string> tables, Purging purging, CancellationToken stop)
    {
        foreach (var table in tables) await purging.Delete(table, stop).ConfigureAwait(false);
        return true;
    }

    private TimeSpan Since(PurgeRow row) => clock.GetUtcNow() - row.StepStartedAt;
}
