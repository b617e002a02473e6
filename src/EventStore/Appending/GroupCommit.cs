using System.Threading.Channels;
using Npgsql;

namespace EventMesh.EventStore.Appending;

/// <summary>
/// Appends that arrive together are written together: while one transaction is on its way, the next one gathers. One round trip and one fsync
/// serve many callers and many workspaces, and each caller still gets its own answer. A stream always takes the same lane, so two lanes hardly ever
/// wait for each other's rows, and a transaction never holds one stream twice: a later append to it waits for the next transaction.
/// </summary>
internal sealed class GroupCommit(NpgsqlDataSource database, int lanesCount, int waitingMax, Action committed) : IAsyncDisposable
{
    private readonly Lane[] lanes = [.. Enumerable.Range(0, lanesCount).Select(_ => new Lane(database, waitingMax, committed))];

    /// <param name="stop">Before its turn, an append that is given up is not written. After that its answer is waited for.</param>
    /// <exception cref="StoreUnavailable">The database did not answer, or the store is closed.</exception>
    /// <exception cref="EventRefused">The database cannot store one of the events; none of <paramref name="appends"/> is stored.</exception>
    public async Task<Appended[]> Add(IReadOnlyList<Append> appends, CancellationToken stop)
    {
        Acceptable.Check(appends);
        var group = new AppendGroup(appends);
        var lane = lanes[(uint)HashCode.Combine(appends[0].Workspace, appends[0].Stream) % (uint)lanes.Length];
        try
        {
            await lane.Add(group, stop).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailable(new ObjectDisposedException(nameof(Store)));
        }
        using (stop.UnsafeRegister(static (given, token) => ((AppendGroup)given!).Abandon(token), group))
            return await group.Answer.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) await lane.DisposeAsync().ConfigureAwait(false);
    }
}
