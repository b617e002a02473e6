using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;

namespace EventMesh.Projections.Rebuilding;

/// <summary>
/// Writes the next generation of one workspace's rows beside the one that is read, then changes which one that is. So the change is one row in one short
/// transaction, however many rows the workspace has.
/// </summary>
internal sealed class WorkspaceRebuild(Rebuild rebuild, string workspace, NpgsqlConnection connection, RebuildMeter meter, RebuildCheckpoint? checkpoint)
{
    private readonly string table = rebuild.Projection.Table;

    /// <inheritdoc cref="WholeRebuild.Run"/>
    public async Task Run(CancellationToken cancel, CancellationToken stop)
    {
        var current = await Generation(stop).ConfigureAwait(false);
        if (checkpoint?.Shown != true)
        {
            try
            {
                await FillAndShow(current, stop).ConfigureAwait(false);
                current++;
            }
            catch (OperationCanceledException) when (checkpoint is not null && cancel.IsCancellationRequested)
            {
                // Rows that nobody will see; without a note the next rebuild sweeps them up.
                await using var another = await rebuild.OpenAnother().ConfigureAwait(false);
                await Sweep(another, current, CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }
        await Sweep(connection, current, stop).ConfigureAwait(false);
    }

    private async Task FillAndShow(int current, CancellationToken stop)
    {
        // One that is gone on with keeps what is there.
        if (checkpoint?.Generation != current + 1)
        {
            await Sweep(connection, current, stop).ConfigureAwait(false);
            if (checkpoint is not null) await checkpoint.NoteGeneration(current + 1, stop).ConfigureAwait(false);
        }
        var feed = rebuild.Feed(workspace);
        Task Write(ProjectionFold fold, Position at) => this.Write(fold, at, current + 1, stop);

        var phase = RebuildPhase.Reading;
        for (var upTo = checkpoint?.Done ?? Position.Start; ; phase = RebuildPhase.CatchingUp)
        {
            (var rest, upTo) = await rebuild.Read(feed, upTo, rebuild.RowsMax, phase, meter, Write, stop).ConfigureAwait(false);
            await Write(rest, upTo).ConfigureAwait(false);
            if (phase == RebuildPhase.CatchingUp && await Show(feed, upTo, current + 1, stop).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Written twice, rows are as they were written once: a flush that was interrupted is repeated.</summary>
    private async Task Write(ProjectionFold fold, Position upTo, int generation, CancellationToken stop)
    {
        await Rebuild.Upsert(connection, fold, table, generation, stop).ConfigureAwait(false);
        fold.Clear();
        if (checkpoint is not null) await checkpoint.NoteDone(upTo, true, stop).ConfigureAwait(false);
    }

    /// <returns>False when somebody was in the way.</returns>
    private async Task<bool> Show(RebuildFeed feed, Position upTo, int generation, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        if (!await rebuild.HoldRunner(connection, stop).ConfigureAwait(false)) return false;
        await rebuild.ReachLive(connection, feed, upTo, table, generation, stop).ConfigureAwait(false);
        await Rebuild.Execute(connection, """
            insert into eventmesh.read_model_generations (model, tenant_id, generation) values ($1, $2, $3)
            on conflict (model, tenant_id) do update set generation = excluded.generation
            """, stop, rebuild.Projection.Name, workspace, generation).ConfigureAwait(false);
        if (checkpoint is not null) await checkpoint.NoteShown(stop).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>Deletes the rows that nobody sees, in short transactions.</summary>
    private async Task Sweep(NpgsqlConnection connection, int current, CancellationToken stop)
    {
        await using var delete = new NpgsqlCommand(
            $"delete from {table} where ctid = any(array(select ctid from {table} where tenant_id = $1 and generation <> $2 limit {ProjectionRunner.RowsMax}))", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = workspace }, new() { Value = current } },
        };
        while (await delete.ExecuteNonQueryAsync(stop).ConfigureAwait(false) > 0) { }
    }

    private async Task<int> Generation(CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select generation from eventmesh.read_model_generations where model = $1 and tenant_id = $2", connection)
        {
            Parameters = { new() { Value = rebuild.Projection.Name }, new() { Value = workspace } },
        };
        return await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is int generation ? generation : 0;
    }
}
