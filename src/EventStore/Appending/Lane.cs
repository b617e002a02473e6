using System.Threading.Channels;
using Npgsql;

namespace EventMesh.EventStore.Appending;

/// <summary>A queue of appends and the one transaction at a time that takes from it.</summary>
internal sealed class Lane : IAsyncDisposable
{
    private const int EventsMax = 1_000;
    private const int BytesMax = 8 << 20;
    private const int LocksMax = 5;
    private const int TurnsMax = 16;

    private readonly Channel<AppendGroup> arriving;
    private readonly AppendStatement statement;
    private readonly Action committed;
    private readonly Task writing;

    // Of the next transaction: what goes with it, whose streams are therefore taken, and what must wait for the one after because it meets one of them.
    private readonly List<AppendGroup> gathered = [];
    private readonly HashSet<(string Workspace, string Stream)> streams = [];
    private Queue<AppendGroup> held = [];

    public Lane(NpgsqlDataSource database, int waitingMax, Action committed)
    {
        arriving = Channel.CreateBounded<AppendGroup>(new BoundedChannelOptions(waitingMax) { SingleReader = true });
        statement = new(database);
        this.committed = committed;
        writing = Task.Run(Write);
    }

    /// <summary>Queues a group, waiting while the queue is full.</summary>
    /// <exception cref="ChannelClosedException">The lane is closed.</exception>
    public ValueTask Add(AppendGroup group, CancellationToken stop) => arriving.Writer.WriteAsync(group, stop);

    private async Task Write()
    {
        var expected = 0;
        while (held.Count > 0 || await arriving.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            for (var turn = 0; turn < TurnsMax && Waiting < expected; turn++) await Task.Yield();
            Gather();
            if (gathered.Count == 0) continue;
            await Commit(gathered).ConfigureAwait(false);
            // Who is answered now often comes back at once. Going ahead with those alone who wait already would split steady callers into two halves that take
            // turns, each paying for commits of its own; so the answered get their turn of the processor first, and no more: nothing here waits for time to pass.
            expected = gathered.Count + Waiting;
            committed();
        }
    }

    private int Waiting => arriving.Reader.Count + held.Count;

    private void Gather()
    {
        gathered.Clear();
        streams.Clear();
        var events = 0;
        var bytes = 0L;
        (var waiting, held) = (held, new());
        while (events < EventsMax && bytes < BytesMax && held.Count < EventsMax && (waiting.TryDequeue(out var group) || arriving.Reader.TryRead(out group)))
        {
            if (MeetsTakenStream(group)) held.Enqueue(group);
            else if (group.Take())
            {
                foreach (var append in group.Appends) streams.Add((append.Workspace, append.Stream));
                events += group.EventsCount;
                bytes += group.BytesCount;
                gathered.Add(group);
            }
        }
        while (waiting.TryDequeue(out var group)) held.Enqueue(group);
    }

    private bool MeetsTakenStream(AppendGroup group)
    {
        foreach (var append in group.Appends)
            if (streams.Contains((append.Workspace, append.Stream))) return true;
        return false;
    }

    /// <summary>Writes the groups and answers each; never throws.</summary>
    private async Task Commit(List<AppendGroup> groups)
    {
        try
        {
            await RunAgainAfterLostConnection(groups).ConfigureAwait(false);
            foreach (var group in groups) group.Answer.TrySetResult(group.Answers);
        }
        catch (PostgresException refusal) when (IsDataFault(refusal) && groups.Count == 1)
        {
            groups[0].Answer.TrySetException(new EventRefused(groups[0].Appends[0].Stream, refusal.MessageText, refusal));
        }
        catch (PostgresException refusal) when (IsDataFault(refusal))
        {
            // PostgreSQL does not say whose event it could not take. Halves find the faulty one in few transactions, and the others are stored.
            var half = groups.Count / 2;
            await Commit(groups[..half]).ConfigureAwait(false);
            await Commit(groups[half..]).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            foreach (var group in groups) group.Answer.TrySetException(new StoreUnavailable(failure));
        }
    }

    /// <summary>
    /// A connection that was lost may have been stale for long, and may have been lost before or after the commit. Once is worth trying again: what was stored
    /// already is recognised by its events' ids.
    /// </summary>
    private async Task RunAgainAfterLostConnection(List<AppendGroup> groups)
    {
        try
        {
            await RunAgainAfterLostLock(groups).ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (Database.IsDown(failure))
        {
            await RunAgainAfterLostLock(groups).ConfigureAwait(false);
        }
    }

    private async Task RunAgainAfterLostLock(List<AppendGroup> groups)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await statement.Run(groups).ConfigureAwait(false);
                return;
            }
            catch (PostgresException lost) when (attempt < LocksMax && lost.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Another writer held the same streams in another order; this transaction did nothing.
            }
        }
    }

    // Class 22: data exception. 23: a value that a constraint refuses. 54: a limit of the program, such as a string too long for jsonb.
    private static bool IsDataFault(PostgresException refusal) => refusal.SqlState is ['2', '2' or '3', ..] or ['5', '4', ..];

    public async ValueTask DisposeAsync()
    {
        arriving.Writer.TryComplete();
        await writing.ConfigureAwait(false);
        await statement.DisposeAsync().ConfigureAwait(false);
    }
}
