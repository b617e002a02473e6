using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// Fills a second table and puts it in the place of the first. Rows are folded in memory and copied to a table without indexes; those that something happened
/// to after they were copied are changed once the indexes are there.
/// </summary>
internal sealed class WholeRebuild(Rebuild rebuild, NpgsqlConnection connection, RebuildMeter meter)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    private readonly string name = rebuild.Projection.Name;
    private readonly string shadow = rebuild.Projection.Table + "_shadow";
    private bool indexed;

    public async Task Run(CancellationToken stop)
    {
        await Rebuild.Execute(connection, "select eventmesh.drop_shadow($1)", stop, name).ConfigureAwait(false);
        await Rebuild.Execute(connection, "select eventmesh.create_shadow($1)", stop, name).ConfigureAwait(false);
        try
        {
            await FillAndSwap(stop).ConfigureAwait(false);
        }
        catch (Exception abandoned) when (abandoned is OperationCanceledException or BrokenEvent)
        {
            await using var another = await rebuild.OpenAnother().ConfigureAwait(false);
            await Rebuild.Execute(another, "select eventmesh.drop_shadow($1)", CancellationToken.None, name).ConfigureAwait(false);
            throw;
        }
        // What was replaced.
        await Rebuild.Execute(connection, "select eventmesh.drop_shadow($1)", stop, name).ConfigureAwait(false);
    }

    private async Task FillAndSwap(CancellationToken stop)
    {
        var feed = rebuild.Feed(null);
        var (rest, upTo) = await rebuild.Read(feed, Position.Start, rebuild.RowsMax, RebuildPhase.Reading, meter, fold => MakeRoom(fold, stop), stop).ConfigureAwait(false);
        if (!indexed) await rest.Copy(connection, shadow, Rebuild.CopyRowsMax, stop).ConfigureAwait(false);
        await Index(stop).ConfigureAwait(false);
        await Rebuild.Upsert(connection, rest, shadow, 0, stop).ConfigureAwait(false);
        while (true)
        {
            (rest, upTo) = await rebuild.Read(feed, upTo, ProjectionRunner.RowsMax, RebuildPhase.CatchingUp, meter, fold => MakeRoom(fold, stop), stop).ConfigureAwait(false);
            await Rebuild.Upsert(connection, rest, shadow, 0, stop).ConfigureAwait(false);
            if (await TrySwap(feed, upTo, stop).ConfigureAwait(false)) return;
            // Our waiting has kept others waiting: now they have their turn.
            await Task.Delay(BetweenTries, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Empties what may be forgotten from memory: whole rows by copying, and changes to rows copied before once they have become too many.</summary>
    private async Task MakeRoom(ProjectionFold fold, CancellationToken stop)
    {
        if (!indexed)
        {
            await fold.Copy(connection, shadow, Rebuild.CopyRowsMax, stop).ConfigureAwait(false);
            if (fold.Rows < rebuild.RowsMax / 2) return;
        }
        await Index(stop).ConfigureAwait(false);
        await Rebuild.Upsert(connection, fold, shadow, 0, stop).ConfigureAwait(false);
        fold.Clear();
    }

    private async Task Index(CancellationToken stop)
    {
        if (indexed) return;
        meter.Tell(RebuildPhase.Indexing);
        // For this session, which ends with the rebuild: sorts half a million rows without going to disk.
        await Rebuild.Execute(connection, "set maintenance_work_mem = '256MB'", stop).ConfigureAwait(false);
        var statements = new List<string>();
        await using (var command = new NpgsqlCommand("select eventmesh.shadow_indexes($1)", connection) { Parameters = { new() { Value = name } } })
        await using (var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false))
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) statements.Add(reader.GetString(0));
        foreach (var statement in statements) await Rebuild.Execute(connection, statement, stop).ConfigureAwait(false);
        await Rebuild.Execute(connection, "select eventmesh.guard_shadow($1)", stop, name).ConfigureAwait(false);
        indexed = true;
    }

    /// <returns>False when somebody was in the way: of the table that is replaced, or of the one that replaces it, which a vacuum may have found by now.</returns>
    private async Task<bool> TrySwap(RebuildFeed feed, Position upTo, CancellationToken stop)
    {
        try
        {
            return await Swap(feed, upTo, stop).ConfigureAwait(false);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    private async Task<bool> Swap(RebuildFeed feed, Position upTo, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        if (!await rebuild.HoldRunner(connection, stop).ConfigureAwait(false) || !await rebuild.HoldEverybody(connection, stop).ConfigureAwait(false)) return false;
        upTo = await rebuild.ReachLive(connection, feed, upTo, shadow, 0, stop).ConfigureAwait(false);
        await Rebuild.Execute(connection, "select eventmesh.swap_shadow($1)", stop, name).ConfigureAwait(false);
        await Rebuild.Execute(connection, "delete from eventmesh.read_model_generations where model = $1", stop, name).ConfigureAwait(false);
        await Advance(upTo, stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>The new rows may be ahead of a runner that had stopped; it need not go through all that again.</summary>
    private async Task Advance(Position upTo, CancellationToken stop)
    {
        const string Sql = """
            update public.mt_event_progression set last_xid = $2, last_seq_id = $3, last_updated = now() where name = $1 and (last_xid, last_seq_id) < ($2, $3)
            """;
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = rebuild.Projection.Feed }, new() { Value = upTo.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = upTo.Sequence } },
        };
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
