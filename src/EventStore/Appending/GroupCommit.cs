using System.Threading.Channels;
using Npgsql;

namespace EventMesh.EventStore.Appending;

/// <summary>
/// Appends that arrive together are written together: while one transaction is on its way, the next one gathers. One round trip and one fsync
/// serve many callers and many workspaces, and each caller still gets its own answer. A stream always takes the same lane, so two lanes never
/// wait for each other's rows, and a transaction never holds one stream twice: a later append to it waits for the next transaction.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    private const int EventsMax = 1_000;
    private const int BytesMax = 8 << 20;

    private readonly Channel<AppendGroup>[] lanes;
    private readonly Task[] writers;
    private readonly AppendStatement statement;
    private readonly Action committed;

    public GroupCommit(NpgsqlDataSource database, int lanesCount, int waitingMax, Action committed)
    {
        statement = new(database);
        this.committed = committed;
        lanes = [.. Enumerable.Range(0, lanesCount).Select(_ => Channel.CreateBounded<AppendGroup>(new BoundedChannelOptions(waitingMax) { SingleReader = true }))];
        writers = [.. lanes.Select(lane => Task.Run(() => Write(lane.Reader)))];
    }

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    /// <exception cref="EventRefused">The database cannot store one of the events; none of <paramref name="appends"/> is stored.</exception>
    public async Task<Appended[]> Add(IReadOnlyList<Append> appends, CancellationToken stop)
    {
        var group = new AppendGroup(appends);
        var lane = lanes[(uint)HashCode.Combine(appends[0].Workspace, appends[0].Stream) % (uint)lanes.Length];
        await lane.Writer.WriteAsync(group, stop).ConfigureAwait(false);
        return await group.Answer.Task.ConfigureAwait(false);
    }

    private async Task Write(ChannelReader<AppendGroup> arriving)
    {
        var held = new List<AppendGroup>();
        var gathered = new List<AppendGroup>();
        while (held.Count > 0 || await arriving.WaitToReadAsync().ConfigureAwait(false))
        {
            Gather(arriving, held, gathered);
            await Commit(gathered).ConfigureAwait(false);
            committed();
        }
    }

    /// <summary>Moves into <paramref name="gathered"/> what may go together; keeps in <paramref name="held"/> what meets a stream that is taken.</summary>
    private static void Gather(ChannelReader<AppendGroup> arriving, List<AppendGroup> held, List<AppendGroup> gathered)
    {
        gathered.Clear();
        var streams = new HashSet<(string, string)>();
        int events = 0, bytes = 0;
        var waiting = held.ToArray();
        held.Clear();
        foreach (var group in waiting) Place(group);
        while (events < EventsMax && bytes < BytesMax && held.Count < EventsMax && arriving.TryRead(out var group)) Place(group);

        void Place(AppendGroup group)
        {
            if (group.Appends.Any(a => streams.Contains((a.Workspace, a.Stream)))) { held.Add(group); return; }
            foreach (var append in group.Appends) { streams.Add((append.Workspace, append.Stream)); events += append.Events.Count; }
            bytes += group.Size;
            gathered.Add(group);
        }
    }

    private async Task Commit(List<AppendGroup> groups)
    {
        try
        {
            await statement.Run(groups).ConfigureAwait(false);
        }
        catch (PostgresException refusal) when (IsDataFault(refusal))
        {
            // PostgreSQL does not say whose event it could not take: each is written alone, and the faulty ones answer for themselves.
            if (groups.Count == 1) groups[0].Answer.TrySetException(new EventRefused(groups[0].Appends[0].Stream, refusal.MessageText, refusal));
            else foreach (var group in groups) await Commit([group]).ConfigureAwait(false);
        }
        catch (PostgresException lostLock) when (lostLock.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
        {
            await Commit(groups).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            foreach (var group in groups) group.Answer.TrySetException(new StoreUnavailable(failure));
        }
    }

    // Class 22: data exception. 54: a limit of the program, such as a string too long for jsonb. 23502…23514: a value the table refuses.
    private static bool IsDataFault(PostgresException refusal) =>
        refusal.SqlState.StartsWith("22", StringComparison.Ordinal) || refusal.SqlState.StartsWith("54", StringComparison.Ordinal)
        || refusal.SqlState.StartsWith("23", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) lane.Writer.TryComplete();
        await Task.WhenAll(writers).ConfigureAwait(false);
    }
}
