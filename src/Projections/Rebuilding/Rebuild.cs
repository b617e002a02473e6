using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.Projections.Running;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// Makes a read model anew out of the history while the system runs: readers see the old rows until the new ones are complete, then all of them at once,
/// and the live runner goes on throughout. One rebuild of a read model runs at a time; a second one waits. One that was cancelled or killed leaves what is
/// read as it was. One that was asked for (<see cref="RebuildRuns"/>) is noted down as it goes, and whoever takes it up after a kill goes on from there; the next one
/// that nobody noted sweeps up after it and begins anew.
/// <para>
/// Every feed of the server waits for its oldest running write transaction, so a rebuild makes only short ones, whatever the size of the history.
/// </para>
/// </summary>
public sealed class Rebuild
{
    /// <summary>Rows of one COPY, which is one transaction.</summary>
    internal const int CopyRowsMax = 5_000;

    /// <summary>Events between two notes of how far it has come: what a kill costs.</summary>
    public const int NotedAfterEvents = 1_000_000;

    private readonly Store store;
    private readonly int rowsMax;
    private readonly int notedAfter;
    private readonly ProjectionAsked asked;

    /// <param name="rowsMax">How many rows are held in memory, at most: some 400 bytes each.</param>
    /// <param name="notedAfter">Events between two notes, of a rebuild that was asked for.</param>
    public Rebuild(Store store, Projection projection, int rowsMax = 500_000, int notedAfter = NotedAfterEvents)
    {
        this.store = store;
        this.rowsMax = rowsMax;
        this.notedAfter = notedAfter;
        Projection = projection;
        asked = new(store, projection.Name);
    }

    internal Projection Projection { get; }

    /// <summary>Rebuilds the rows of all workspaces.</summary>
    /// <exception cref="BrokenEvent">An event cannot be taken in; the read model stays as it was.</exception>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public Task Whole(Action<RebuildProgress>? progress = null, CancellationToken stop = default) =>
        Run((lease, meter) => new WholeRebuild(this, lease, meter, null).Run(stop, stop), progress, stop);

    /// <summary>Rebuilds the rows of one workspace; those of all others are not touched.</summary>
    /// <inheritdoc cref="Whole" path="/exception"/>
    public Task Workspace(string workspace, Action<RebuildProgress>? progress = null, CancellationToken stop = default) =>
        Run((lease, meter) => new WorkspaceRebuild(this, workspace, lease, meter, null).Run(stop, stop), progress, stop);

    /// <summary>Carries out what was asked for, from where it was left; waits while another process works on it.</summary>
    /// <param name="cancel">It is wanted no more: what was made of it goes away.</param>
    /// <param name="stop">This process ends, and another will go on.</param>
    /// <returns>False when it had ended, or its end was asked for, before this process had the lease; what was made of it is away then, too.</returns>
    /// <inheritdoc cref="Whole" path="/exception"/>
    public async Task<bool> CarryOut(RebuildRun run, Action<RebuildProgress>? progress, CancellationToken cancel, CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, $"rebuild:{Projection.Name}", stop).ConfigureAwait(false);
        if (await RebuildRuns.Find(store, run.Id, stop).ConfigureAwait(false) is not { HasEnded: false } open) return false;
        return await Database.Ask(async () =>
        {
            var checkpoint = await RebuildCheckpoint.Read(lease.Connection, run.Id, stop).ConfigureAwait(false);
            if (open.State == RebuildState.Cancelling && !checkpoint.Shown)
            {
                if (run.Workspace is null) await Execute(lease.Connection, "select eventmesh.drop_shadow($1)", stop, Projection.Name).ConfigureAwait(false);
                return false;
            }
            await RebuildRuns.Taken(store, run.Id, stop).ConfigureAwait(false);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop);
            await Work(lease.Connection, (connection, meter) => run.Workspace is { } workspace
                ? new WorkspaceRebuild(this, workspace, connection, meter, checkpoint).Run(cancel, either.Token)
                : new WholeRebuild(this, connection, meter, checkpoint).Run(cancel, either.Token), progress, checkpoint.Events, either.Token).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    private async Task Run(Func<NpgsqlConnection, RebuildMeter, Task> rebuild, Action<RebuildProgress>? progress, CancellationToken stop)
    {
        await using var lease = await FeedLease.Acquire(store, $"rebuild:{Projection.Name}", stop).ConfigureAwait(false);
        await Database.Ask(() => Work(lease.Connection, rebuild, progress, 0, stop)).ConfigureAwait(false);
    }

    private async Task Work(NpgsqlConnection lease, Func<NpgsqlConnection, RebuildMeter, Task> rebuild, Action<RebuildProgress>? progress, long before, CancellationToken stop)
    {
        await asked.Look(stop).ConfigureAwait(false);
        var meter = new RebuildMeter(progress, await LastSequence(lease, stop).ConfigureAwait(false), before);
        await rebuild(lease, meter).ConfigureAwait(false);
        meter.Tell(RebuildPhase.Done);
    }

    private const int PageEventsDefault = 10_000;

    /// <summary>Events that are read at once.</summary>
    public int PageEvents { get; init; } = PageEventsDefault;

    internal RebuildFeed Feed(string? workspace) => new(store, Projection, workspace, PageEvents);

    /// <summary>Reads from a position to the end of the feed; <paramref name="write"/> is called when as many rows have gathered as may be held, or it is time to note how far it is.</summary>
    /// <returns>Where the feed ended, and what is still in memory.</returns>
    internal async Task<(ProjectionFold Fold, Position UpTo)> Read(
        RebuildFeed feed, Position after, int rows, RebuildPhase phase, RebuildMeter meter, Func<ProjectionFold, Position, Task> write, CancellationToken stop)
    {
        var (fold, unnoted) = (Projection.Begin(), 0);
        await foreach (var page in feed.ReadAhead(after, stop).ConfigureAwait(false))
        {
            Take(fold, page);
            after = page.UpTo;
            meter.Read(phase, page);
            unnoted += page.Events.Count;
            if (fold.Rows < rows && unnoted < notedAfter) continue;
            await write(fold, after).ConfigureAwait(false);
            unnoted = 0;
        }
        return (fold, after);
    }

    internal int RowsMax => rowsMax;

    /// <summary>A session beside the one that holds the lease, which an abandoned statement may have spoilt.</summary>
    internal ValueTask<NpgsqlConnection> OpenAnother() => store.Feed.OpenConnectionAsync();

    internal void Take(ProjectionFold fold, RebuildPage page)
    {
        foreach (var e in page.Events)
            if (fold.TryTake(Projection, e.Position, e.Workspace, e.Stream, e.Type, e.Data) is { } broken && !asked.Skips(e.Position)) throw broken;
    }

    /// <summary>
    /// Keeps the live runner from writing until the transaction ends, and nobody from reading. It may wait for a vacuum to step aside, which takes a second;
    /// no feed waits meanwhile, as this lock needs no transaction id.
    /// </summary>
    /// <returns>False when somebody was in the way for too long.</returns>
    internal Task<bool> HoldRunner(NpgsqlConnection connection, CancellationToken stop) => TryLock(connection, "share row exclusive", "3s", stop);

    /// <summary>Keeps everybody out, for which it asks but shortly: who comes after us waits behind us.</summary>
    /// <inheritdoc cref="HoldRunner" path="/returns"/>
    internal Task<bool> HoldEverybody(NpgsqlConnection connection, CancellationToken stop) => TryLock(connection, "access exclusive", "50ms", stop);

    private async Task<bool> TryLock(NpgsqlConnection connection, string mode, string patience, CancellationToken stop)
    {
        try
        {
            await Execute(connection, $"set local lock_timeout = '{patience}'", stop).ConfigureAwait(false);
            await Execute(connection, $"lock table {Projection.Table} in {mode} mode", stop).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    /// <summary>Takes in what the live runner has, and perhaps more, on the session that keeps it from going further.</summary>
    internal async Task<Position> ReachLive(NpgsqlConnection connection, RebuildFeed feed, Position after, string table, int generation, CancellationToken stop)
    {
        var live = await Checkpoint(connection, stop).ConfigureAwait(false);
        while (after < live)
        {
            var page = await feed.Read(connection, after, stop).ConfigureAwait(false);
            var fold = Projection.Begin();
            Take(fold, page);
            await Upsert(connection, fold, table, generation, stop).ConfigureAwait(false);
            after = page.UpTo;
        }
        return after;
    }

    /// <summary>Writes a fold, in one short transaction after another unless the caller has begun one.</summary>
    internal static async Task Upsert(NpgsqlConnection connection, ProjectionFold fold, string table, int generation, CancellationToken stop)
    {
        foreach (var statement in fold.Upsert(table, generation, ProjectionRunner.RowsMax))
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement } };
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        }
    }

    internal static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken stop, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }

    private async Task<Position> Checkpoint(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select last_xid, last_seq_id from public.mt_event_progression where name = $1", connection) { Parameters = { new() { Value = Projection.Feed } } };
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false) ? new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : Position.Start;
    }

    private static async Task<long> LastSequence(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(seq_id), 0) from public.mt_events", connection);
        return (long)(await command.ExecuteScalarAsync(stop).ConfigureAwait(false))!;
    }
}
