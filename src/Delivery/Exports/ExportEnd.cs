using EventMesh.Delivery.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Where an export of all that there is ends: at a checkpoint of the workspace's log that covers what there is, signed for it if need be. So the export and the checkpoint have the same number of
/// events, and whoever has both needs nothing else to verify them. A workspace without a log, or with one that is not sound, ends where its history does.
/// </summary>
/// <param name="signer">Null where there are no logs.</param>
public sealed class ExportEnd(CheckpointSigner? signer, TimeProvider clock)
{
    /// <summary>For the log to come as far as the feed has; it follows it within a fraction of a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    // The part of a tile that begins last before the leaf, and so many events further.
    private const string LeafSql = """
        select e.xid, e.seq_id from (
          select t.first, t.first_xid, t.first_seq from eventmesh.log_tiles t where t.tenant_id = $1 and t.level = 0 and t.first <= $2 order by t.first desc limit 1) t
        cross join lateral (
          select b.xid, b.seq_id from public.mt_events b where b.tenant_id = $1 and (b.xid, b.seq_id) >= (t.first_xid, t.first_seq) order by b.xid, b.seq_id offset $2 - t.first limit 1) e
        """;

    /// <param name="last">The last event that there is.</param>
    /// <returns>The position of the last event under the checkpoint, and the checkpoint as a signed note; <paramref name="last"/> and null when there is none.</returns>
    internal async Task<(Position End, string? Checkpoint)> Of(WorkspaceStore workspace, Position last, CancellationToken stop)
    {
        if (signer is null) return (last, null);
        var began = clock.GetTimestamp();
        while (true)
        {
            var head = await LogHead.Read(workspace, stop).ConfigureAwait(false);
            if (head?.Fault is not null) return (last, null);
            if (head is not null && head.State.UpTo >= last) break;
            if (clock.GetElapsedTime(began) > Patience) return (last, null);
            await Task.Delay(LookAgain, clock, stop).ConfigureAwait(false);
        }
        await signer.Sign([workspace.Workspace], stop).ConfigureAwait(false);
        // More may have been signed meanwhile, and more may have happened since: the end is where this one's leaves are.
        if ((await LogHead.Read(workspace, stop).ConfigureAwait(false))?.Signed is not { } signed || await Leaf(workspace, signed.Size - 1, stop).ConfigureAwait(false) is not { } end || end < last) return (last, null);
        return (end, signed.Note);
    }

    private static async Task<Position?> Leaf(WorkspaceStore workspace, long index, CancellationToken stop)
    {
        await using var session = await workspace.Session(stop).ConfigureAwait(false);
        session.Add(workspace.Workspace, new NpgsqlBatchCommand(LeafSql) { Parameters = { new() { Value = workspace.Workspace, NpgsqlDbType = NpgsqlDbType.Varchar }, new() { Value = index } } });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false) ? new Position(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : null;
    }
}
