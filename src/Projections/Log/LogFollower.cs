using System.Runtime.InteropServices;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
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
    public const int PageEvents = 50_000;

    /// <summary>Every feed of the server waits for the oldest transaction that writes, so each must end soon.</summary>
    private const int WorkspacesMax = 1_500;

    // With a page gathered before it is hashed, the database and the hashing never take both processors from those who append. Who is behind has them work side by side.
    private const int GatherBytes = 16 << 20;
    private const int GatherBytesBehind = 64 << 10;

    // Nobody waits for a leaf, and pages of many cost less.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    // One page is read at a time.
    private readonly CanonicalEvent canonical = new();
    private readonly byte[] position = new byte[Position.TextBytes];

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
        Task<Page>? next = null;
        try
        {
            while (true)
            {
                tempo.Look();
                var page = await (next ?? Read(after, GatherBytes, stop)).ConfigureAwait(false);
                after = page.Copied.UpTo;
                // The next page is read and hashed while this one is written.
                next = page.Copied.Full ? Read(after, GatherBytesBehind, stop) : null;
                if (page.Copied.Events > 0)
                {
                    await TakeIn(lease, page, stop).ConfigureAwait(false);
                    written();
                }
                if (next is null) await tempo.Pause(page.Copied.Events > 0, page.Copied.Full, page.Copied.Pending, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            // Its failure is that of the next round.
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Page> Read(Position after, int gatherBytes, CancellationToken stop)
    {
        var done = 0;
        var leaves = new Dictionary<string, List<(MerkleHash, Position)>>(StringComparer.Ordinal);
        var copied = await store.CopyFeed(StoredFields.Columns, after, pageEvents, gatherBytes, (at, row) =>
        {
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(leaves, StoredFields.Workspace(row), out _);
            (own ??= []).Add((Leaf(at, row), at));
            GiveWay.After(++done);
        }, stop).ConfigureAwait(false);
        return new(leaves, copied);
    }

    private async Task TakeIn(FeedLease lease, Page page, CancellationToken stop)
    {
        var left = page.Leaves.Count;
        foreach (var some in page.Leaves.Chunk(workspacesMax))
        {
            var states = await LogState.Read(lease.Connection, Array.ConvertAll(some, s => s.Key), stop).ConfigureAwait(false);
            var logs = Array.ConvertAll(some, s => GrowingLog.Of(states.GetValueOrDefault(s.Key) ?? LogState.None(s.Key), s.Value));
            await using var transaction = await lease.Connection.BeginTransactionAsync(stop).ConfigureAwait(false);
            await WriteLogs.Run(lease.Connection, logs, stop).ConfigureAwait(false);
            // After a crash in between the page is read again; a log knows by their positions which leaves it has.
            if ((left -= some.Length) == 0) await lease.Save(page.Copied.UpTo, stop).ConfigureAwait(false);
            await transaction.CommitAsync(stop).ConfigureAwait(false);
        }
    }

    private MerkleHash Leaf(Position at, CopiedRow row)
    {
        try
        {
            return canonical.Leaf(StoredFields.Of(row, at, position));
        }
        catch (FormatException fault)
        {
            // The log goes on for everybody. The leaf is that of no event, so whoever verifies is told which one does not fit.
            LogUnprovable(log, StoredFields.Workspace(row), at, fault.Message);
            return MerkleTree.Leaf([]);
        }
    }

    private sealed record Page(Dictionary<string, List<(MerkleHash Leaf, Position At)>> Leaves, CopiedPage Copied);

    [LoggerMessage(EventName = "log.started", Level = LogLevel.Information, Message = "The log is grown here from {position}.")]
    private static partial void LogStarted(ILogger log, Position position);

    [LoggerMessage(EventName = "log.interrupted", Level = LogLevel.Warning, Message = "Growing the log was interrupted and begins again: {reason}")]
    private static partial void LogInterrupted(ILogger log, string reason, Exception failure);

    [LoggerMessage(EventName = "log.unprovable", Level = LogLevel.Error, Message = "The event of {tenant_id} at {position} has no canonical form: {reason}")]
    private static partial void LogUnprovable(ILogger log, string tenant_id, Position position, string reason);
}
