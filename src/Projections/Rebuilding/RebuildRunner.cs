using EventMesh.Domain.Projections;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// Carries out the rebuilds that were asked for. Each node with this role looks what is open; whoever gets the lease works, the others wait for it and go on where a node
/// that died had come to. How far it is stands in its row, for whoever asks any node.
/// </summary>
public sealed partial class RebuildRunner(Store store, IReadOnlyList<Projection> projections, ILogger<RebuildRunner> log, int rowsMax = 500_000, int notedAfter = Rebuild.NotedAfterEvents)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    private sealed class Job : IDisposable
    {
        public required Task Ended { get; init; }
        public required CancellationTokenSource Cancel { get; init; }
        public RebuildProgress? Told { get; set; }
        public void Dispose() => Cancel.Dispose();
    }

    public async Task Run(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var jobs = new Dictionary<string, Job>(StringComparer.Ordinal);
        using var looks = new PeriodicTimer(BetweenLooks);
        try
        {
            do
            {
                foreach (var run in await RebuildRuns.Open(store, stop).ConfigureAwait(false))
                {
                    // One of a newer version of the platform is left to nodes that know it.
                    if (projections.FirstOrDefault(p => p.Name == run.Name) is not { } projection) continue;
                    if (!jobs.TryGetValue(run.Id, out var job)) jobs.Add(run.Id, job = Begin(run, projection, ending.Token));
                    if (run.State == RebuildState.Cancelling) await job.Cancel.CancelAsync().ConfigureAwait(false);
                    if (job.Told is { } told) await RebuildRuns.Note(store, run.Id, told, stop).ConfigureAwait(false);
                }
                foreach (var (id, job) in jobs.Where(j => j.Value.Ended.IsCompleted).ToList())
                {
                    jobs.Remove(id);
                    using (job) await job.Ended.ConfigureAwait(false);
                }
            }
            while (await looks.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(jobs.Values.Select(j => j.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var job in jobs.Values) job.Dispose();
        }
    }

    private Job Begin(RebuildRun run, Projection projection, CancellationToken stop)
    {
        var cancel = new CancellationTokenSource();
        Job? job = null;
        var begun = new TaskCompletionSource();
        var ended = Task.Run(async () =>
        {
            await begun.Task.ConfigureAwait(false);
            await CarryOut(run, projection, progress => job!.Told = progress, cancel.Token, stop).ConfigureAwait(false);
        }, CancellationToken.None);
        job = new() { Ended = ended, Cancel = cancel };
        begun.SetResult();
        return job;
    }

    private async Task CarryOut(RebuildRun run, Projection projection, Action<RebuildProgress> tell, CancellationToken cancel, CancellationToken stop)
    {
        for (; ; await Task.Delay(AfterFailure, stop).ConfigureAwait(false))
        {
            RebuildProgress? reached = null;
            void Tell(RebuildProgress progress)
            {
                if (reached is null) LogTaken(log, run.Name, run.Id, progress.Events);
                reached = progress;
                tell(progress);
            }
            try
            {
                var outcome = await new Rebuild(store, projection, rowsMax, notedAfter).CarryOut(run, Tell, cancel, stop).ConfigureAwait(false) ? RebuildOutcome.Done : RebuildOutcome.Cancelled;
                await End(run, outcome, reached, null, stop).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                await End(run, RebuildOutcome.Cancelled, reached, null, stop).ConfigureAwait(false);
                return;
            }
            catch (BrokenEvent broken)
            {
                await End(run, RebuildOutcome.Failed, reached, broken, stop).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException)
            {
                LogInterrupted(log, run.Name, run.Id, failure.Message, failure);
            }
        }
    }

    /// <summary>Said in the history by whoever asked for it, or for its end, before the row says it: a crash in between says it once more, which is nothing new.</summary>
    private async Task End(RebuildRun run, RebuildOutcome outcome, RebuildProgress? reached, BrokenEvent? broken, CancellationToken stop)
    {
        var events = reached?.Events ?? 0;
        if (await RebuildRuns.Find(store, run.Id, stop).ConfigureAwait(false) is not { HasEnded: false } open) return;
        var at = TimeProvider.System.GetUtcNow();
        var finish = new ProjectionCommand.FinishRebuild(run.Id, run.Workspace, outcome, events, new(at.Ticks / 10 * 10, TimeSpan.Zero));
        var stream = ProjectionControl.StreamOf(run.Name);
        await store.For(Workspace.PlatformId).Decide<ProjectionControl, ProjectionEvent>(stream, "projection", ProjectionControl.Initial, ProjectionControl.Evolve,
            state => ProjectionControlDecider.Decide(finish, state), new(finish.At, outcome == RebuildOutcome.Cancelled ? open.CancelledBy ?? run.AskedBy : run.AskedBy, run.Id), null, stop).ConfigureAwait(false);
        await RebuildRuns.End(store, run.Id, outcome switch
        {
            RebuildOutcome.Done => RebuildState.Done,
            RebuildOutcome.Cancelled => RebuildState.Cancelled,
            _ => RebuildState.Failed,
        }, reached, broken, stop).ConfigureAwait(false);
        if (broken is not null) LogFailed(log, run.Name, run.Id, broken.Position, broken.Workspace, broken.Message, broken);
        else LogEnded(log, run.Name, run.Id, $"{outcome}", events);
    }

    [LoggerMessage(EventName = "rebuild.taken", Level = LogLevel.Information, Message = "rebuild.taken {projection} {rebuild} {events}")]
    private static partial void LogTaken(ILogger log, string projection, string rebuild, long events);

    [LoggerMessage(EventName = "rebuild.ended", Level = LogLevel.Information, Message = "rebuild.ended {projection} {rebuild} {outcome} {events}")]
    private static partial void LogEnded(ILogger log, string projection, string rebuild, string outcome, long events);

    [LoggerMessage(EventName = "rebuild.failed", Level = LogLevel.Error, Message = "rebuild.failed {projection} {rebuild} at {position} ({tenant_id}): {reason}")]
    private static partial void LogFailed(ILogger log, string projection, string rebuild, Position position, string tenant_id, string reason, Exception failure);

    [LoggerMessage(EventName = "rebuild.interrupted", Level = LogLevel.Warning, Message = "rebuild.interrupted {projection} {rebuild}: {reason}")]
    private static partial void LogInterrupted(ILogger log, string projection, string rebuild, string reason, Exception failure);
}
