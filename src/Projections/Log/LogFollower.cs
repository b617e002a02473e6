using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventMesh.Projections.Log;

/// <summary>
/// Grows the Merkle log of each workspace by its events, in the order of the feed: a leaf for each. It follows, as read models do, and nobody who appends waits for it. Leaves, state and
/// checkpoint of a page are one transaction of the session that holds the lease: a crash before the commit repeats the page, one after it goes on behind it. It stores no events, so it does
/// not feed itself.
/// </summary>
/// <param name="pageEvents">How many events are read at once, at most.</param>
/// <param name="workspacesMax">How many workspaces' logs are written in one transaction, at most.</param>
public sealed partial class LogFollower(Store store, ILogger<LogFollower> log, int pageEvents = LogFollower.PageEvents, int workspacesMax = LogFollower.WorkspacesMax)
{
    public const string Feed = "log";
    public const int PageEvents = 4_000;

    /// <summary>Every feed of the server waits for the oldest transaction that writes, so each must end soon.</summary>
    private const int WorkspacesMax = 1_500;

    // Nobody waits for a leaf, and pages of many cost less.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly CanonicalEvent canonical = new();

    /// <summary>Runs until cancelled.</summary>
    public async Task Run(CancellationToken stop)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await using var lease = await FeedLease.Acquire(store, Feed, stop).ConfigureAwait(false);
                LogStarted(log, lease.Checkpoint);
                await Prepare(lease.Connection, stop).ConfigureAwait(false);
                await Follow(lease, () => failures = 0, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException)
            {
                var pause = TimeSpan.FromMilliseconds(100 << Math.Min(failures++, 6));
                LogInterrupted(log, failure.Message, failure);
                await Task.Delay(pause < PauseMax ? pause : PauseMax, stop).ConfigureAwait(false);
            }
        }
    }

    // The tables grow a thousandfold while the session lasts, and everything asked of them is answered from an index.
    private static async Task Prepare(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off", connection);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }

    private async Task Follow(FeedLease lease, Action written, CancellationToken stop)
    {
        var after = lease.Checkpoint;
        var tempo = new Tempo(store, Apart);
        Task<WholePage>? next = null;
        try
        {
            while (true)
            {
                tempo.Look();
                var page = await (next ?? store.ReadWhole(after, pageEvents, stop)).ConfigureAwait(false);
                after = page.UpTo;
                // The database reads the next page while this one is hashed and written.
                next = page.Full ? store.ReadWhole(after, pageEvents, stop) : null;
                if (page.Events.Count > 0)
                {
                    await TakeIn(lease, page, stop).ConfigureAwait(false);
                    written();
                }
                if (next is null) await tempo.Pause(new FeedPage([], after, page.Full, page.Pending), stop).ConfigureAwait(false);
            }
        }
        finally
        {
            // Its failure is that of the next round.
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeIn(FeedLease lease, WholePage page, CancellationToken stop)
    {
        var workspaces = new HashSet<string>(StringComparer.Ordinal);
        for (int from = 0, to = 0; from < page.Events.Count; from = to)
        {
            workspaces.Clear();
            for (; to < page.Events.Count; to++)
            {
                var workspace = page.Events[to].Event.Workspace;
                if (workspaces.Contains(workspace)) continue;
                if (workspaces.Count == workspacesMax) break;
                workspaces.Add(workspace);
            }
            await TakeIn(lease, page.Events.Skip(from).Take(to - from), workspaces, to == page.Events.Count ? page.UpTo : page.Events[to - 1].Event.Position, stop).ConfigureAwait(false);
        }
    }

    private async Task TakeIn(FeedLease lease, IEnumerable<WholeEvent> events, IReadOnlyCollection<string> workspaces, Position upTo, CancellationToken stop)
    {
        var states = await LogState.Read(lease.Connection, [.. workspaces], stop).ConfigureAwait(false);
        var logs = workspaces.ToDictionary(w => w, w => new GrowingLog(states.GetValueOrDefault(w) ?? LogState.None(w)), StringComparer.Ordinal);
        foreach (var whole in events) logs[whole.Event.Workspace].Append(Leaf(whole), whole.Event.Position);

        await using var transaction = await lease.Connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        await WriteLogs.Run(lease.Connection, logs.Values, stop).ConfigureAwait(false);
        await lease.Save(upTo, stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
    }

    private MerkleHash Leaf(WholeEvent whole)
    {
        try
        {
            return canonical.Leaf(StoredFields.Of(whole));
        }
        catch (FormatException fault)
        {
            // The log goes on for everybody. The leaf is that of no event, so whoever verifies is told which one does not fit.
            LogUnprovable(log, whole.Event.Workspace, whole.Event.Stream, whole.Event.Version, fault.Message);
            return MerkleTree.Leaf([]);
        }
    }

    [LoggerMessage(EventName = "log.started", Level = LogLevel.Information, Message = "The log is grown here from {position}.")]
    private static partial void LogStarted(ILogger log, Position position);

    [LoggerMessage(EventName = "log.interrupted", Level = LogLevel.Warning, Message = "Growing the log was interrupted and begins again: {reason}")]
    private static partial void LogInterrupted(ILogger log, string reason, Exception failure);

    [LoggerMessage(EventName = "log.unprovable", Level = LogLevel.Error, Message = "Event {version} of stream {stream} of {tenant_id} has no canonical form: {reason}")]
    private static partial void LogUnprovable(ILogger log, string tenant_id, string stream, long version, string reason);
}
