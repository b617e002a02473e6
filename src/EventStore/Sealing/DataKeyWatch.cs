using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>
/// Looks a few times a second which data keys were made, closed or destroyed anywhere, and has this process read those anew. What it looks for is final as a feed is: it begins again at the
/// oldest transaction that was still running.
/// </summary>
internal sealed class DataKeyWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(300);

    private const string Sql = """
        with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
        select h.xmin, k.tenant_id from horizon h left join lateral (select d.tenant_id from eventmesh.data_keys d where d.changed_xid >= $1) k on true
        """;

    private readonly NpgsqlDataSource feed;
    private readonly UnwrappedKeys keys;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private ulong from;

    public DataKeyWatch(NpgsqlDataSource feed, UnwrappedKeys keys)
    {
        (this.feed, this.keys) = (feed, keys);
        watching = Task.Run(Watch);
    }

    private async Task Watch()
    {
        using var ticks = new PeriodicTimer(Every);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Look().ConfigureAwait(false);
                await ticks.WaitForNextTickAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is StoreUnavailable or NpgsqlException or InvalidOperationException)
            {
                // Nothing can be stored while the database is away, and what is sealed with a key that was closed meanwhile is refused by it. The next look finds all of it.
                await Task.Delay(Every, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task Look()
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        var horizon = from;
        await using (var connection = await Database.Open(feed, stop.Token).ConfigureAwait(false))
        await using (var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = from, NpgsqlDbType = NpgsqlDbType.Xid8 } } })
        await using (var reader = await command.ExecuteReaderAsync(stop.Token).ConfigureAwait(false))
            while (await reader.ReadAsync(stop.Token).ConfigureAwait(false))
            {
                horizon = reader.GetFieldValue<ulong>(0);
                // The first look only finds out where it is: nothing was read before it.
                if (from > 0 && !reader.IsDBNull(1)) changed.Add(reader.GetString(1));
            }
        from = horizon;
        foreach (var workspace in changed) keys.Forget(workspace);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        stop.Dispose();
    }
}
