using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// Fills a second table and puts it in the place of the first. Rows are folded in memory and copied to a table without indexes; those that something happened
/// to after they were copied are changed once the indexes are there. One that is noted down has its primary key from the first note on: whatever it holds in memory then
/// is written, so that another process can go on.
/// </summary>
/// <param name="checkpoint">Where it is noted how far it has come; null: nowhere.</param>
internal sealed class WholeRebuild(Rebuild rebuild, NpgsqlConnection connection, RebuildMeter meter, RebuildCheckpoint? checkpoint)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    private readonly string name = rebuild.Projection.Name;
    private readonly string shadow = rebuild.Projection.Table + "_shadow";
    private bool indexed;
    private bool adding = true;

    /// <param name="cancel">It is wanted no more.</param>
    /// <param name="stop">This or the end of the process.</param>
    public async Task Run(CancellationToken cancel, CancellationToken stop)
    {
        if (checkpoint?.Shown != true)
        {
            var from = await Begin(stop).ConfigureAwait(false);
            try
            {
                await FillAndSwap(from, stop).ConfigureAwait(false);
            }
            catch (Exception abandoned) when (abandoned is BrokenEvent || (abandoned is OperationCanceledException && cancel.IsCancellationRequested))
            {
                await using var another = await rebuild.OpenAnother().ConfigureAwait(false);
                await Rebuild.Execute(another, "select eventmesh.drop_shadow($1)", CancellationToken.None, name).ConfigureAwait(false);
                throw;
            }
        }
        // What was replaced.
        await Rebuild.Execute(connection, "select eventmesh.drop_shadow($1)", stop, name).ConfigureAwait(false);
    }

    /// <returns>Up to where the shadow holds everything.</returns>
    private async Task<Position> Begin(CancellationToken stop)
    {
        await using var ask = new NpgsqlCommand("select eventmesh.shadow_guarded($1)", connection) { Parameters = { new() { Value = name } } };
        var guarded = checkpoint is null ? null : await ask.ExecuteScalarAsync(stop).ConfigureAwait(false) as bool?;
        if (checkpoint is null || guarded is null || checkpoint.DoneIn is null)
        {
            await Rebuild.Execute(connection, "select eventmesh.drop_shadow($1)", stop, name).ConfigureAwait(false);
            await Rebuild.Execute(connection, "select eventmesh.create_shadow($1)", stop, name).ConfigureAwait(false);
            if (checkpoint is not null) await checkpoint.NoteDone(Position.Start, false, stop).ConfigureAwait(false);
            return Position.Start;
        }
        indexed = guarded.Value;
        if (indexed) return checkpoint.Done;
        if (!checkpoint.Repeatable) await SweepYounger(checkpoint.DoneIn.Value, stop).ConfigureAwait(false);
        // What is in the table is not in memory here: rows are changed from now on, never copied.
        await checkpoint.NoteRepeatable(stop).ConfigureAwait(false);
        adding = false;
        await Indexes(onlyPrimary: true, stop).ConfigureAwait(false);
        return checkpoint.Done;
    }

    /// <summary>Deletes what a flush had copied when it was interrupted, in short transactions.</summary>
    private async Task SweepYounger(ulong transaction, CancellationToken stop)
    {
        await using var delete = new NpgsqlCommand(
            $"delete from {shadow} where ctid = any(array(select s.ctid from {shadow} s where age(s.xmin) < age($1::text::xid8::xid) limit {Rebuild.CopyRowsMax}))", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = transaction.ToString(System.Globalization.CultureInfo.InvariantCulture) } },
        };
        while (await delete.ExecuteNonQueryAsync(stop).ConfigureAwait(false) > 0) { }
    }

    private async Task FillAndSwap(Position from, CancellationToken stop)
    {
        var feed = rebuild.Feed(null);
        var (rest, upTo) = await rebuild.Read(feed, from, rebuild.RowsMax, RebuildPhase.Reading, meter, (fold, at) => MakeRoom(fold, at, stop), stop).ConfigureAwait(false);
        if (checkpoint is not null) await Flush(rest, upTo, stop).ConfigureAwait(false);
        else if (!indexed) await rest.Copy(connection, shadow, Rebuild.CopyRowsMax, stop).ConfigureAwait(false);
        await Index(stop).ConfigureAwait(false);
        await Rebuild.Upsert(connection, rest, shadow, 0, stop).ConfigureAwait(false);
        while (true)
        {
            (rest, upTo) = await rebuild.Read(feed, upTo, ProjectionRunner.RowsMax, RebuildPhase.CatchingUp, meter, (fold, at) => MakeRoom(fold, at, stop), stop).ConfigureAwait(false);
            await Rebuild.Upsert(connection, rest, shadow, 0, stop).ConfigureAwait(false);
            if (await TrySwap(feed, upTo, stop).ConfigureAwait(false)) return;
            // Our waiting has kept others waiting: now they have their turn.
            await Task.Delay(BetweenTries, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Empties what may be forgotten from memory: whole rows by copying, and changes to rows copied before once they have become too many.</summary>
    private async Task MakeRoom(ProjectionFold fold, Position upTo, CancellationToken stop)
    {
        if (checkpoint is not null)
        {
            await Flush(fold, upTo, stop).ConfigureAwait(false);
            return;
        }
        if (!indexed)
        {
            await fold.Copy(connection, shadow, Rebuild.CopyRowsMax, stop).ConfigureAwait(false);
            if (fold.Rows < rebuild.RowsMax / 2) return;
        }
        await Index(stop).ConfigureAwait(false);
        await Rebuild.Upsert(connection, fold, shadow, 0, stop).ConfigureAwait(false);
        fold.Clear();
    }

    /// <summary>Writes all that is in memory, and notes it; see <see cref="RebuildCheckpoint"/>.</summary>
    private async Task Flush(ProjectionFold fold, Position upTo, CancellationToken stop)
    {
        if (!indexed && adding)
        {
            await fold.Copy(connection, shadow, Rebuild.CopyRowsMax, stop).ConfigureAwait(false);
            await checkpoint!.NoteRepeatable(stop).ConfigureAwait(false);
            await Indexes(onlyPrimary: true, stop).ConfigureAwait(false);
        }
        await Rebuild.Upsert(connection, fold, shadow, 0, stop).ConfigureAwait(false);
        fold.Clear();
        await checkpoint!.NoteDone(upTo, !adding, stop).ConfigureAwait(false);
    }

    private async Task Index(CancellationToken stop)
    {
        if (indexed) return;
        meter.Tell(RebuildPhase.Indexing);
        await Indexes(onlyPrimary: false, stop).ConfigureAwait(false);
        await Rebuild.Execute(connection, "select eventmesh.guard_shadow($1)", stop, name).ConfigureAwait(false);
        indexed = true;
    }

    private async Task Indexes(bool onlyPrimary, CancellationToken stop)
    {
        // For this session, which ends with the rebuild: sorts half a million rows without going to disk.
        await Rebuild.Execute(connection, "set maintenance_work_mem = '256MB'", stop).ConfigureAwait(false);
        var statements = new List<string>();
        await using (var command = new NpgsqlCommand("select eventmesh.shadow_indexes_left($1, $2)", connection) { Parameters = { new() { Value = name }, new() { Value = onlyPrimary } } })
        await using (var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false))
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) statements.Add(reader.GetString(0));
        foreach (var statement in statements) await Rebuild.Execute(connection, statement, stop).ConfigureAwait(false);
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
        if (checkpoint is not null) await checkpoint.NoteShown(stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>The new rows may be ahead of a runner that had stopped; it need not go through all that again.</summary>
    private async Task Advance(Position upTo, CancellationToken stop)
    {
        const string Sql = """
            insert into public.mt_event_progression as p (name, last_xid, last_seq_id, last_updated) values ($1, $2, $3, now())
            on conflict (name) do update set last_xid = excluded.last_xid, last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
            where (p.last_xid, p.last_seq_id) < (excluded.last_xid, excluded.last_seq_id)
            """;
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = rebuild.Projection.Feed }, new() { Value = upTo.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = upTo.Sequence } },
        };
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
