using EventMesh.Domain.Replays;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Delivery.Replays;

/// <summary>
/// Carries out the replays of all workspaces, each on one node at a time. The index of workspaces says which run and wakes it; while there are none it holds no session
/// and asks nothing. The other nodes ask for the lease of a running replay once a second, and go on with it when its node is dead.
/// </summary>
public sealed partial class ReplayRunner(Store store, IndexFollower follower, TimeProvider clock, ILogger<ReplayRunner> log)
{
    /// <summary>Batches of all replays that this node works at at the same time.</summary>
    private const int TurnsAtOnce = 2;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turns = new(TurnsAtOnce);

    public async Task Run(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var jobs = new Dictionary<(string Workspace, string Id), (Task Ended, CancellationTokenSource Cancel)>();
        LeaseSession? lease = null;
        try
        {
            while (true)
            {
                var changed = follower.Index.Replays.Changed.Next;
                foreach (var replay in follower.Index.Replays.All)
                {
                    var key = (replay.Workspace, replay.Id);
                    if (!jobs.TryGetValue(key, out var job))
                    {
                        lease ??= await LeaseSession.Open(store, stop).ConfigureAwait(false);
                        var cancel = new CancellationTokenSource();
                        jobs[key] = job = (CarryOut(replay, lease, cancel.Token, ending.Token), cancel);
                    }
                    if (replay.Cancelling) await job.Cancel.CancelAsync().ConfigureAwait(false);
                }

                foreach (var (key, job) in jobs.Where(j => j.Value.Ended.IsCompleted).ToList())
                {
                    // A lost lease ends all of it; the host starts it again.
                    await job.Ended.ConfigureAwait(false);
                    job.Cancel.Dispose();
                    jobs.Remove(key);
                }
                if (jobs.Count == 0 && lease is not null && follower.Index.Replays.All.Count == 0)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                    lease = null;
                }
                await Task.WhenAny([changed.WaitAsync(stop), .. jobs.Values.Select(j => j.Ended)]).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(jobs.Values.Select(j => j.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var job in jobs.Values) job.Cancel.Dispose();
            if (lease is not null) await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the lease, replays, and says how it ended; or finds that another node did.</summary>
    private async Task CarryOut(RunningReplay replay, LeaseSession lease, CancellationToken cancel, CancellationToken stop)
    {
        var name = $"replay:{replay.Workspace}:{replay.Id}";
        while (!await lease.TryTake(name, stop).ConfigureAwait(false))
        {
            await Task.Delay(AskAgain, clock, stop).ConfigureAwait(false);
            if (follower.Index.Replays.Find(replay.Workspace, replay.Id) is null) return;
        }
        Taken(replay.Workspace, replay.Id, replay.Asked.Kind.ToString());
        var (outcome, progress) = await TryReplay(replay, lease, cancel, stop).ConfigureAwait(false);
        var counts = progress?.Counts() ?? new ReplayCounts(null, 0, []);
        var finish = new ReplayCommand.FinishReplay(replay.Id, outcome, counts, outcome == ReplayOutcome.Failed ? "A fault of ours, logged as replay.failed." : null, clock.GetUtcNow());
        var decided = await store.For(replay.Workspace).Decide<Replay, ReplayEvent>(replay.Id, "replay", Replay.Initial, Replay.Evolve,
            state => ReplayDecider.Decide(finish, state), new EventMetadata(finish.At, "eventmesh", replay.Id, replay.Id), null, stop).ConfigureAwait(false);
        Ended(replay.Workspace, replay.Id, outcome.ToString(), counts.Found ?? 0, counts.Done, counts.Skipped.Sum(s => s.Count));
        if (decided.Position is { } position) await follower.WaitFor(position, stop).ConfigureAwait(false);
        await lease.GiveBack(name, stop).ConfigureAwait(false);
    }

    private async Task<(ReplayOutcome, ReplayProgress?)> TryReplay(RunningReplay replay, LeaseSession lease, CancellationToken cancel, CancellationToken stop)
    {
        IReplayed replayed = replay.Asked.Kind switch
        {
            ReplayKind.Deliveries => new ReplayedDeliveries(store, follower, clock, replay),
            ReplayKind.Missing => new ReplayedMissing(store, follower, clock, replay),
            _ => throw new InvalidOperationException($"No replay of {replay.Asked.Kind}."),
        };
        try
        {
            return await new ReplayJob(replayed, replay, lease, turns, clock, stop, cancel).Run().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailable) && !MayPass(failure))
        {
            // It would fail again wherever it is tried; its author sees it, and what was done stays done.
            Failed(failure, replay.Workspace, replay.Id);
            return (ReplayOutcome.Failed, await ReplayProgress.Of(lease, replay, stop).ConfigureAwait(false));
        }
    }

    private static bool MayPass(Exception failure) =>
        failure is NpgsqlException database && (failure is not PostgresException refusal || database.IsTransient || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal));

    [LoggerMessage(EventName = "replay.taken", Level = LogLevel.Information, Message = "replay.taken {tenant_id} {replay} {kind}")]
    private partial void Taken(string tenant_id, string replay, string kind);

    [LoggerMessage(EventName = "replay.ended", Level = LogLevel.Information, Message = "replay.ended {tenant_id} {replay} {outcome} {found} {done} {skipped}")]
    private partial void Ended(string tenant_id, string replay, string outcome, long found, long done, long skipped);

    [LoggerMessage(EventName = "replay.failed", Level = LogLevel.Error, Message = "replay.failed {tenant_id} {replay}")]
    private partial void Failed(Exception failure, string tenant_id, string replay);
}
