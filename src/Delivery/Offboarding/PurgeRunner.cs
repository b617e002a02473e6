using EventMesh.Domain;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Purging;
using EventMesh.EventStore.Reading;
using EventMesh.Projections.Index;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Delivery.Offboarding;

/// <summary>
/// Destroys workspaces whose grace period is over. Each purge is held by one node at a time and goes from step to step; what was done is in the database and in the platform's own history, so a
/// node that dies is followed by another, which takes the step again from its beginning. A step that has to wait lets the other purges go on.
/// </summary>
public sealed partial class PurgeRunner(Store store, IndexFollower follower, PurgeSteps steps, PurgeReceipts receipts, TimeProvider clock, ILogger<PurgeRunner> log)
{
    private const string Ended = "ended";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> failed = new(StringComparer.Ordinal);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    public async Task Run(CancellationToken stop)
    {
        await follower.CatchUp(stop).ConfigureAwait(false);
        await using var lease = await LeaseSession.Open(store, stop).ConfigureAwait(false);
        // What was destroyed elsewhere must not be forgotten by the database.
        await lease.Ask("set synchronous_commit = on", [], command => command.ExecuteNonQueryAsync(stop), stop).ConfigureAwait(false);
        var mine = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var waits = true;
            foreach (var workspace in await Due(stop).ConfigureAwait(false))
            {
                if (failed.TryGetValue(workspace, out var at) && clock.GetElapsedTime(at) < AfterFailure) continue;
                if (!mine.Contains(workspace))
                {
                    if (!await lease.TryTake("purge:" + workspace, stop).ConfigureAwait(false)) continue;
                    mine.Add(workspace);
                }
                waits &= !await Advance(workspace, lease, stop).ConfigureAwait(false);
            }
            if (waits) await Task.Delay(LookEvery, clock, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The workspaces whose time has come, and those that are being purged.</summary>
    private async Task<IReadOnlyCollection<string>> Due(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var due = (await store.ReadUnfinishedPurges(stop).ConfigureAwait(false)).Select(p => p.Workspace).ToHashSet(StringComparer.Ordinal);
        foreach (var workspace in follower.Index.Workspaces)
            if (follower.Index.Find(workspace)?.Workspace is Workspace.Purging || follower.Index.Find(workspace)?.Workspace is Workspace.Open { Closing: { } closing } && closing.Until <= now) due.Add(workspace);
        return due;
    }

    /// <returns>Whether something was done, so that there may be more to do at once.</returns>
    private async Task<bool> Advance(string workspace, LeaseSession lease, CancellationToken stop)
    {
        try
        {
            var purging = new Purging(store, lease, workspace);
            if (await store.ReadPurge(workspace, stop).ConfigureAwait(false) is not { } row) return await Begin(workspace, purging, stop).ConfigureAwait(false);
            return row.FinishedAt is null && await Next(row, purging, stop).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException and not StoreUnavailable)
        {
            // Of one workspace: the others go on, and it is tried again, here or by whoever has what this node lacks.
            Troubled(trouble, workspace);
            failed[workspace] = clock.GetTimestamp();
            await lease.GiveBack("purge:" + workspace, stop).ConfigureAwait(false);
            return false;
        }
    }

    private async Task<bool> Begin(string workspace, Purging purging, CancellationToken stop)
    {
        var now = Now();
        var history = await store.For(workspace).ReadStream(Ids.WorkspaceStream, stop).ConfigureAwait(false);
        var closing = history.Events.LastOrDefault(e => e.Type == "workspace_closing");
        if (closing is null) return false;
        try
        {
            var decided = await store.For(workspace).Decide<Workspace, WorkspaceEvent>(Ids.WorkspaceStream, "workspace", Workspace.Initial, Workspace.Evolve,
                s => WorkspaceDecider.Decide(new WorkspaceCommand.BeginPurge(now), s), new EventMetadata(now, "eventmesh", workspace), null, stop).ConfigureAwait(false);
            if (decided.State is not Workspace.Purging) return false;
        }
        catch (Refused)
        {
            // Taken back in the last moment; this node hears of it in the next.
            return false;
        }
        var streams = ((WorkspaceEvent.WorkspaceClosing)store.Types.Read(closing)).Streams;
        await Decide(workspace, new PurgeCommand.Start(workspace, streams, closing.Actor ?? "unknown", now), stop).ConfigureAwait(false);
        await purging.Begin(streams.ToString().ToLowerInvariant(), Name(PurgeStep.Stop), stop).ConfigureAwait(false);
        Started(workspace, streams.ToString());
        return true;
    }

    private async Task<bool> Next(PurgeRow row, Purging purging, CancellationToken stop)
    {
        var (told, _) = await store.For(Workspace.PlatformId).Fold<Purge, PurgeEvent>(Purge.StreamOf(row.Workspace), Purge.Initial, Purge.Evolve, stop).ConfigureAwait(false);
        if (told is Purge.Unknown)
        {
            await Begin(row.Workspace, purging, stop).ConfigureAwait(false);
            return true;
        }
        if (PurgeDecider.Next(told) is not { } step) return await Finish(row, told, purging, stop).ConfigureAwait(false);
        if (row.Step != Name(step))
        {
            await purging.Next(row.Step, Name(step), stop).ConfigureAwait(false);
            return true;
        }
        if (!await steps.Take(step, row, purging, stop).ConfigureAwait(false)) return false;
        var done = (await store.ReadPurge(row.Workspace, stop).ConfigureAwait(false))!;
        await Decide(row.Workspace, new PurgeCommand.EndStep(step, done.Counts, done.StepStartedAt, Now()), stop).ConfigureAwait(false);
        StepDone(row.Workspace, Name(step), done.Counts.Values.Sum());
        return true;
    }

    private async Task<bool> Finish(PurgeRow row, Purge told, Purging purging, CancellationToken stop)
    {
        if (row.Step != Ended) await purging.Next(row.Step, Ended, stop).ConfigureAwait(false);
        var keys = row.Keys ?? [];
        var checkpoint = FinalCheckpoint.Of(row);
        var finished = await Decide(row.Workspace, new PurgeCommand.Finish(
            [.. keys.Select(k => k.MasterKey).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], [.. keys.Select(k => k.Number)], keys.All(k => k.Erasure), checkpoint?.Size, checkpoint?.Root, Now()), stop).ConfigureAwait(false);
        await purging.Finish(await receipts.Write((Purge.Finished)finished, keys, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        follower.Index.Drop(row.Workspace);
        FinishedAll(row.Workspace);
        return true;
    }

    private async Task<Purge> Decide(string workspace, PurgeCommand command, CancellationToken stop) =>
        (await store.For(Workspace.PlatformId).Decide<Purge, PurgeEvent>(Purge.StreamOf(workspace), "purge", Purge.Initial, Purge.Evolve,
            s => PurgeDecider.Decide(command, s), new EventMetadata(Now(), "eventmesh", workspace), null, stop).ConfigureAwait(false)).State;

    internal static string Name(PurgeStep step) => step.ToString().ToLowerInvariant();

    private DateTimeOffset Now() => new(clock.GetUtcNow().Ticks / 10 * 10, TimeSpan.Zero);

    [LoggerMessage(EventName = "purge.started", Level = LogLevel.Information, Message = "purge.started {tenant_id} {streams}")]
    private partial void Started(string tenant_id, string streams);

    [LoggerMessage(EventName = "purge.step_done", Level = LogLevel.Information, Message = "purge.step_done {tenant_id} {step} {count}")]
    private partial void StepDone(string tenant_id, string step, long count);

    [LoggerMessage(EventName = "purge.finished", Level = LogLevel.Information, Message = "purge.finished {tenant_id}")]
    private partial void FinishedAll(string tenant_id);

    [LoggerMessage(EventName = "purge.troubled", Level = LogLevel.Error, Message = "purge.troubled {tenant_id}")]
    private partial void Troubled(Exception trouble, string tenant_id);
}
