using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

/// <summary>
/// Looks whether other nodes have appended something, by one question for all feeds of this process, and signals it to them: what a process without work costs does not
/// grow with the number of its feeds.
/// </summary>
internal sealed class FeedWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private const string Sql = """
        with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
        select h.xmin, exists (select from public.mt_events m where (m.xid, m.seq_id) > ($1, $2) and m.xid < h.xmin) from horizon h
        """;

    private readonly NpgsqlDataSource feed;
    private readonly Arrivals arrivals;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private Position seen = Position.Start;

    public FeedWatch(NpgsqlDataSource feed, Arrivals arrivals)
    {
        (this.feed, this.arrivals) = (feed, arrivals);
        watching = Task.Run(Watch);
    }

    private async Task Watch()
    {
        using var ticks = new PeriodicTimer(Every);
        try
        {
            while (true)
            {
                if (await Anything().ConfigureAwait(false)) arrivals.Signal();
                await ticks.WaitForNextTickAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The store is closed.
        }
    }

    private async Task<bool> Anything()
    {
        try
        {
            await using var connection = await Database.Open(feed, stop.Token).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(Sql, connection)
            {
                Parameters = { new() { Value = seen.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = seen.Sequence } },
            };
            return await Database.Ask(() => Look(command)).ConfigureAwait(false);
        }
        catch (StoreUnavailable)
        {
            // Whoever waits finds it out by a look of their own, and says so.
            return true;
        }
    }

    private async Task<bool> Look(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(stop.Token).ConfigureAwait(false);
        await reader.ReadAsync(stop.Token).ConfigureAwait(false);
        var horizon = new Position(reader.GetFieldValue<ulong>(0) - 1, Position.SequenceMax);
        if (horizon > seen) seen = horizon;
        return reader.GetBoolean(1);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        stop.Dispose();
    }
}
