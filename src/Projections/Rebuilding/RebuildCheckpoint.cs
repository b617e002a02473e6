using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// How far a rebuild has come, in its row, written by the session that holds its lease and writes its rows. What is in memory is flushed in many short transactions, so a
/// flush can be interrupted. First new rows are copied, which must not be done twice: they are younger than the transaction that noted the last <see cref="Done"/>, and are
/// swept away by that. Then older rows are changed, which may be done twice: <see cref="Repeatable"/>. Then all of it is done.
/// </summary>
internal sealed class RebuildCheckpoint
{
    private readonly NpgsqlConnection lease;

    private RebuildCheckpoint(NpgsqlConnection lease, string run) => (this.lease, Run) = (lease, run);

    public string Run { get; }

    /// <summary>Everything up to here is in the new rows.</summary>
    public Position Done { get; private set; }

    /// <summary>The transaction that noted <see cref="Done"/>; null before the first.</summary>
    public ulong? DoneIn { get; private set; }

    /// <summary>What was written since <see cref="Done"/> may be written again; so it is for good once another process has taken over.</summary>
    public bool Repeatable { get; private set; }

    /// <summary>Of a workspace's new rows; null before it is chosen.</summary>
    public int? Generation { get; private set; }

    /// <summary>Readers see the new rows: all that is left is to sweep up.</summary>
    public bool Shown { get; private set; }

    /// <summary>How many events were read before.</summary>
    public long Events { get; private set; }

    public static async Task<RebuildCheckpoint> Read(NpgsqlConnection lease, string run, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select done_xid, done_seq, done_in, repeatable, generation, shown, events from eventmesh.projection_rebuilds where id = $1", lease)
        {
            Parameters = { new() { Value = run } },
        };
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        if (!await reader.ReadAsync(stop).ConfigureAwait(false)) throw new InvalidOperationException($"There is no rebuild {run}.");
        return new(lease, run)
        {
            Done = reader.IsDBNull(0) ? Position.Start : new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)),
            DoneIn = reader.IsDBNull(2) ? null : reader.GetFieldValue<ulong>(2),
            Repeatable = reader.GetBoolean(3),
            Generation = reader.IsDBNull(4) ? null : reader.GetInt32(4),
            Shown = reader.GetBoolean(5),
            Events = reader.IsDBNull(0) ? 0 : reader.GetInt64(6),
        };
    }

    public async Task NoteRepeatable(CancellationToken stop)
    {
        if (Repeatable) return;
        await Rebuild.Execute(lease, "update eventmesh.projection_rebuilds set repeatable = true where id = $1", stop, Run).ConfigureAwait(false);
        Repeatable = true;
    }

    /// <param name="repeatable">Whether what is written from here on may be written again.</param>
    public async Task NoteDone(Position upTo, bool repeatable, CancellationToken stop)
    {
        const string Sql = "update eventmesh.projection_rebuilds set done_xid = $2, done_seq = $3, done_in = pg_current_xact_id(), repeatable = $4 where id = $1 returning done_in";
        await using var command = new NpgsqlCommand(Sql, lease)
        {
            Parameters = { new() { Value = Run }, new() { Value = upTo.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = upTo.Sequence }, new() { Value = repeatable } },
        };
        DoneIn = (ulong)(await command.ExecuteScalarAsync(stop).ConfigureAwait(false))!;
        (Done, Repeatable) = (upTo, repeatable);
    }

    /// <summary>Of a workspace's rows, none of which is there yet.</summary>
    public async Task NoteGeneration(int generation, CancellationToken stop)
    {
        await Rebuild.Execute(lease, "update eventmesh.projection_rebuilds set generation = $2, done_xid = null, done_seq = null where id = $1", stop, Run, generation).ConfigureAwait(false);
        (Generation, Done) = (generation, Position.Start);
    }

    /// <summary>In the transaction that shows the new rows.</summary>
    public Task NoteShown(CancellationToken stop) => Rebuild.Execute(lease, "update eventmesh.projection_rebuilds set shown = true, phase = 'done', percent = 100 where id = $1", stop, Run);
}
