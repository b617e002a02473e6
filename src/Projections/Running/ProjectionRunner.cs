using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Projections.Running;

/// <summary>
/// Keeps one read model up to date: reads a page of the feed, folds it in memory, writes rows and checkpoint in one transaction of the session that
/// holds the lease. A crash before the commit repeats the page, one after it goes on behind it. Of several processes one runs, the others wait for its lease.
/// </summary>
/// <param name="pageEvents">How many events are read at once, at most.</param>
public sealed partial class ProjectionRunner(Store store, Projection projection, ILogger log, int pageEvents = ProjectionRunner.PageEvents)
{
    public const int PageEvents = 2_000;

    /// <summary>Rows of one transaction. Every feed of the server waits for the oldest running one, so it must end within some 50 ms.</summary>
    internal const int RowsMax = 1_000;

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How often it looks what was asked of it: it obeys well within a second.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    private readonly ProjectionAsked asked = new(store, projection.Name);
    private volatile ProjectionStatus status = new(ProjectionState.Waiting);
    private long looked;

    public ProjectionStatus Status => status;

    /// <summary>How far this process has brought the read model; it stands still while another process runs it.</summary>
    public Progress Progress { get; } = new();

    /// <summary>
    /// Runs until cancelled. At an event that cannot be taken in it stops, keeps the lease, and says which and why, until somebody has it skipped or tried again; while it is
    /// paused it keeps the lease too.
    /// </summary>
    public async Task Run(CancellationToken stop)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await using var lease = await FeedLease.Acquire(store, projection.Feed, stop).ConfigureAwait(false);
                Progress.Reach(lease.Checkpoint);
                LogStarted(log, projection.Name, lease.Checkpoint);
                await Work(lease, () => failures = 0, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException)
            {
                Is(ProjectionState.Waiting);
                var pause = TimeSpan.FromMilliseconds(100 << Math.Min(failures++, 6));
                LogInterrupted(log, projection.Name, failure.Message, failure);
                await Task.Delay(pause < PauseMax ? pause : PauseMax, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task Work(FeedLease lease, Action written, CancellationToken stop)
    {
        await asked.Look(stop).ConfigureAwait(false);
        while (true)
        {
            await Report(lease, ProjectionState.Running, null, stop).ConfigureAwait(false);
            try
            {
                await Follow(lease, written, stop).ConfigureAwait(false);
                await Report(lease, ProjectionState.Paused, null, stop).ConfigureAwait(false);
                while ((await asked.Look(stop).ConfigureAwait(false)).Paused) await Task.Delay(BetweenLooks, stop).ConfigureAwait(false);
            }
            catch (BrokenEvent broken)
            {
                Progress.Stop(broken);
                LogStopped(log, projection.Name, broken.Position, broken.Workspace, broken.Message, broken);
                await Report(lease, ProjectionState.Stopped, broken, stop).ConfigureAwait(false);
                await Decided(lease, broken, stop).ConfigureAwait(false);
                Progress.GoOn();
            }
            // A rebuild may have gone on meanwhile.
            Progress.Reach(await lease.Reload(stop).ConfigureAwait(false));
        }
    }

    /// <summary>Waits until somebody has decided about an event, or a rebuild has got past it.</summary>
    private async Task Decided(FeedLease lease, BrokenEvent broken, CancellationToken stop)
    {
        var retries = asked.Control.Retries;
        while (true)
        {
            var control = await asked.Look(stop).ConfigureAwait(false);
            if (control.Retries > retries || asked.Skips(broken.Position) || await lease.Reload(stop).ConfigureAwait(false) >= broken.Position) return;
            await Task.Delay(BetweenLooks, stop).ConfigureAwait(false);
        }
    }

    private async Task Report(FeedLease lease, ProjectionState state, BrokenEvent? broken, CancellationToken stop)
    {
        await ProjectionReports.Write(lease.Connection, projection.Name, state, broken, stop).ConfigureAwait(false);
        Is(state, broken);
    }

    private void Is(ProjectionState state, BrokenEvent? broken = null)
    {
        status = new(state, broken);
        Telemetry.Note(projection.Name, state);
    }

    /// <summary>Returns when it is asked to pause.</summary>
    /// <exception cref="BrokenEvent">An event cannot be taken in; everything before it is.</exception>
    private async Task Follow(FeedLease lease, Action written, CancellationToken stop)
    {
        var after = lease.Checkpoint;
        var tempo = new Tempo(store, projection.Apart);
        while (true)
        {
            tempo.Look();
            if (TimeProvider.System.GetElapsedTime(looked) > BetweenLooks)
            {
                if ((await asked.Look(stop).ConfigureAwait(false)).Paused) return;
                looked = TimeProvider.System.GetTimestamp();
            }
            var page = await (projection.PositionsOnly
                ? store.ReadPositions(after, pageEvents, stop) : store.ReadFeed(after, pageEvents, projection.EventTypes, stop)).ConfigureAwait(false);
            if (page.Events.Count > 0 || await AnyEvent(lease, page.UpTo, stop).ConfigureAwait(false))
            {
                await TakeIn(lease, page, stop).ConfigureAwait(false);
                written();
            }
            after = page.UpTo;
            Progress.Reach(after);
            await tempo.Pause(page, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what a page leads to, as often as rows have gathered, and at an event that cannot be taken in what came before it.</summary>
    /// <exception cref="BrokenEvent">There is such an event.</exception>
    private async Task TakeIn(FeedLease lease, FeedPage page, CancellationToken stop)
    {
        var fold = projection.Begin();
        for (var i = 0; i < page.Events.Count; i++)
        {
            var stored = page.Events[i];
            if (fold.TryTake(projection, stored.Position, stored.Workspace, stored.Stream, stored.Type, stored.Data.Span) is { } broken)
            {
                if (asked.Skips(stored.Position)) continue;
                await Write(lease, fold, i == 0 ? Position.Start : page.Events[i - 1].Position, stop).ConfigureAwait(false);
                throw broken;
            }
            if (fold.Rows < RowsMax) continue;
            await Write(lease, fold, stored.Position, stop).ConfigureAwait(false);
            fold = projection.Begin();
        }
        await Write(lease, fold, page.UpTo, stop).ConfigureAwait(false);
    }

    private async Task Write(FeedLease lease, ProjectionFold fold, Position upTo, CancellationToken stop)
    {
        if (upTo <= lease.Checkpoint) return;
        await using var transaction = await lease.Connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        if (fold.Rows > 0)
        {
            // The table is locked before the statement looks: what a rebuild has just put in its place, or made visible in it, is what is written to.
            await using var batch = new NpgsqlBatch(lease.Connection) { BatchCommands = { new($"lock table {projection.Table} in row exclusive mode") } };
            foreach (var statement in fold.Upsert(projection.Table, null, int.MaxValue)) batch.BatchCommands.Add(statement);
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        }
        await lease.Save(upTo, stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether anything was appended since the checkpoint, though nothing of ours. Readers of other nodes wait for the checkpoint to pass it;
    /// without the question, a checkpoint would be a transaction that moves the horizon that asks for the next checkpoint.
    /// </summary>
    private static async Task<bool> AnyEvent(FeedLease lease, Position upTo, CancellationToken stop)
    {
        if (upTo <= lease.Checkpoint) return false;
        const string Sql = "select exists (select from public.mt_events e where (e.xid, e.seq_id) > ($1, $2) and (e.xid, e.seq_id) <= ($3, $4))";
        await using var command = new NpgsqlCommand(Sql, lease.Connection)
        {
            Parameters = { Xid(lease.Checkpoint), new() { Value = lease.Checkpoint.Sequence }, Xid(upTo), new() { Value = upTo.Sequence } },
        };
        return await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true;

        static NpgsqlParameter Xid(Position position) => new() { Value = position.Transaction, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 };
    }

    [LoggerMessage(EventName = "projection.started", Level = LogLevel.Information, Message = "Projection {projection} runs here from {position}.")]
    private static partial void LogStarted(ILogger log, string projection, Position position);

    [LoggerMessage(EventName = "projection.interrupted", Level = LogLevel.Warning, Message = "Projection {projection} was interrupted and begins again: {reason}")]
    private static partial void LogInterrupted(ILogger log, string projection, string reason, Exception failure);

    [LoggerMessage(EventName = "projection.stopped", Level = LogLevel.Error, Message = "Projection {projection} stopped at {position} ({tenant_id}): {reason}")]
    private static partial void LogStopped(ILogger log, string projection, Position position, string tenant_id, string reason, Exception failure);
}
