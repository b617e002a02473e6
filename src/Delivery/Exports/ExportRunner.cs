using EventMesh.Connectors.S3;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Carries out the exports of all workspaces, each on one node at a time and a few at a time on each. What is asked for on this node begins at once; every second it looks for what was asked for
/// elsewhere, for what somebody wants to end, and for exports whose node is dead, which it goes on with.
/// </summary>
public sealed partial class ExportRunner(Store store, WorkspaceExports exports, FeedForm form, ExportEnd ends, S3Client s3, SecretResolver secrets, TimeProvider clock, ILogger<ExportRunner> log)
{
    /// <summary>Exports that a node works at at the same time: they share its processors with everything else.</summary>
    public const int AtOnceMax = 2;

    private const int LookedAtMax = 200;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Workspace, string Id), (Task Ended, CancellationTokenSource Cancel)> jobs = [];

    /// <summary>For tests: smaller parts, lower bounds, shorter pauses.</summary>
    internal int PartBytes { get; init; } = ExportLimits.PartBytes;
    internal int PartsMax { get; init; } = S3Client.PartsMax;
    internal long DownloadBytesMax { get; init; } = ExportLimits.DownloadBytesMax;
    internal IReadOnlyList<TimeSpan> Pauses { get; init; } = InBucket.Pauses;

    public async Task Run(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        LeaseSession? lease = null;
        try
        {
            while (true)
            {
                var asked = exports.Asked.Next;
                var open = await ExportProgress.Open(store, LookedAtMax, stop).ConfigureAwait(false);
                if (open.Count > 0) lease ??= await LeaseSession.Open(store, stop).ConfigureAwait(false);
                foreach (var export in open.Where(e => e.CancelledBy is not null))
                    if (jobs.TryGetValue((export.Workspace, export.Id), out var job)) await job.Cancel.CancelAsync().ConfigureAwait(false);
                await Begin(open, lease, ending.Token).ConfigureAwait(false);
                await LetGo().ConfigureAwait(false);
                if (open.Count == 0 && jobs.Count == 0 && lease is not null)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                    lease = null;
                }
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await Task.WhenAny([asked, Task.Delay(LookAgain, clock, pause.Token), .. jobs.Values.Select(j => j.Ended)]).ConfigureAwait(false);
                await pause.CancelAsync().ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(jobs.Values.Select(j => j.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var job in jobs.Values) job.Cancel.Dispose();
            jobs.Clear();
            if (lease is not null) await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins with those that nobody works at: of the workspaces that this node does least for, the oldest.</summary>
    private async Task Begin(List<ExportRow> open, LeaseSession? lease, CancellationToken stop)
    {
        foreach (var export in open.Where(e => !jobs.ContainsKey((e.Workspace, e.Id))).OrderBy(e => jobs.Keys.Count(j => j.Workspace == e.Workspace)).ToList())
        {
            if (jobs.Count >= AtOnceMax) return;
            if (!await lease!.TryTake(NameOf(export), stop).ConfigureAwait(false)) continue;
            var cancel = new CancellationTokenSource();
            if (export.CancelledBy is not null) await cancel.CancelAsync().ConfigureAwait(false);
            jobs[(export.Workspace, export.Id)] = (CarryOut(export, lease, cancel.Token, stop), cancel);
        }
    }

    private async Task LetGo()
    {
        foreach (var (key, job) in jobs.Where(j => j.Value.Ended.IsCompleted).ToList())
        {
            jobs.Remove(key);
            job.Cancel.Dispose();
            // A lost lease ends all of it; the host starts it again.
            await job.Ended.ConfigureAwait(false);
        }
    }

    private static string NameOf(ExportRow export) => $"export:{export.Workspace}:{export.Id}";

    private async Task CarryOut(ExportRow seen, LeaseSession lease, CancellationToken cancel, CancellationToken stop)
    {
        try
        {
            // Between the look and the lease another node may have brought it to its end.
            if (await ExportProgress.Read(lease, seen, stop).ConfigureAwait(false) is { Ended: false } export)
            {
                Taken(export.Workspace, export.Id, export.Parts);
                await exports.Tell(export, stop).ConfigureAwait(false);
                await End(await Try(export, lease, cancel, stop).ConfigureAwait(false), lease, stop).ConfigureAwait(false);
            }
        }
        catch (ExportProgress.Gone)
        {
            LogGone(seen.Workspace, seen.Id);
        }
        await lease.GiveBack(NameOf(seen), stop).ConfigureAwait(false);
    }

    private sealed record Attempt(ExportOutcome Outcome, ExportRow Export, IExportPlace Place, string? Sha256, ExportFault? Fault, string? Detail);

    private async Task<Attempt> Try(ExportRow export, LeaseSession lease, CancellationToken cancel, CancellationToken stop)
    {
        IExportPlace place = export.Asked.To.Kind switch
        {
            ExportKind.Download => new KeptHere(store.For(export.Workspace), DownloadBytesMax),
            ExportKind.S3 => new InBucket(s3, secrets, export.Asked, export.Asked.To.Prefix + export.Asked.FileName(export.Id), PartsMax, clock, Pauses),
            _ => throw new InvalidOperationException($"No place for {export.Asked.To.Kind}."),
        };
        try
        {
            var (outcome, reached, sha256) = await new ExportJob(store, form, place, ends, lease, clock, PartBytes, stop, cancel).Run(export).ConfigureAwait(false);
            return new(outcome, reached, place, sha256, null, null);
        }
        catch (ExportFailed failed)
        {
            Failed(failed, export.Workspace, export.Id);
            return new(ExportOutcome.Failed, await Now(export, lease, stop).ConfigureAwait(false), place, null, failed.Fault, failed.Detail);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailable or ExportProgress.Gone) && !MayPass(failure))
        {
            // It would fail again wherever it is tried; its author sees it.
            Failed(failure, export.Workspace, export.Id);
            return new(ExportOutcome.Failed, await Now(export, lease, stop).ConfigureAwait(false), place, null, ExportFault.Internal, null);
        }
    }

    // What is destroyed is destroyed first: an export that has ended is looked at no more.
    private async Task End(Attempt attempt, LeaseSession lease, CancellationToken stop)
    {
        var (outcome, export, place, sha256, fault, detail) = attempt;
        if (outcome != ExportOutcome.Finished) await Abort(export, place, lease, stop).ConfigureAwait(false);
        var told = await exports.Tell(export, outcome, fault, stop).ConfigureAwait(false);
        var state = outcome switch { ExportOutcome.Finished => ExportState.Finished, ExportOutcome.Cancelled => ExportState.Cancelled, _ => ExportState.Failed };
        await ExportProgress.End(lease, export, state, sha256, fault, detail, told, stop).ConfigureAwait(false);
        LogEnded(export.Workspace, export.Id, outcome.ToString(), export.Events, export.Bytes, export.Parts);
    }

    private async Task Abort(ExportRow export, IExportPlace place, LeaseSession lease, CancellationToken stop)
    {
        try
        {
            await place.Abort(export, lease, stop).ConfigureAwait(false);
        }
        catch (ExportFailed failed)
        {
            // The bucket's own rules sweep away what was begun; the export ends all the same.
            Failed(failed, export.Workspace, export.Id);
        }
    }

    private static async Task<ExportRow> Now(ExportRow export, LeaseSession lease, CancellationToken stop) =>
        await ExportProgress.Read(lease, export, stop).ConfigureAwait(false) ?? throw new ExportProgress.Gone();

    private static bool MayPass(Exception failure) =>
        failure is NpgsqlException database && (failure is not PostgresException refusal || database.IsTransient || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal));

    [LoggerMessage(EventName = "export.taken", Level = LogLevel.Information, Message = "export.taken {tenant_id} {export} {parts}")]
    private partial void Taken(string tenant_id, string export, int parts);

    [LoggerMessage(EventName = "export.ended", Level = LogLevel.Information, Message = "export.ended {tenant_id} {export} {outcome} {events} {bytes} {parts}")]
    private partial void LogEnded(string tenant_id, string export, string outcome, long events, long bytes, int parts);

    [LoggerMessage(EventName = "export.gone", Level = LogLevel.Information, Message = "export.gone {tenant_id} {export}")]
    private partial void LogGone(string tenant_id, string export);

    [LoggerMessage(EventName = "export.failed", Level = LogLevel.Error, Message = "export.failed {tenant_id} {export}")]
    private partial void Failed(Exception failure, string tenant_id, string export);
}
