using EventMesh.Delivery.Log;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Purging;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Offboarding;

/// <summary>The last that is signed of a workspace's log, which outlives it.</summary>
public sealed class FinalCheckpoint(Store store, CheckpointSigner signer)
{
    private const string FollowedSql = """
        select coalesce((select (s.last_xid, s.last_seq) >= (select e.xid, e.seq_id from public.mt_events e where e.tenant_id = $1 order by e.xid desc, e.seq_id desc limit 1)
          from eventmesh.log_state s where s.tenant_id = $1), false)
        """;

    /// <summary>What a purge noted; null when nothing was ever signed.</summary>
    public static (long Size, string Root)? Of(PurgeRow row)
    {
        if (row.Checkpoint is not { } note) return null;
        var checkpoint = Checkpoint.Parse(SignedNote.Parse(note).Text);
        return (checkpoint.Size, checkpoint.Root.ToBase64());
    }

    /// <summary>Whether the log has come to the end of the workspace, which gets no more events; then it is signed once more.</summary>
    public async Task<bool> IsComplete(string workspace, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(FollowedSql);
        command.Parameters.Add(new() { Value = workspace });
        if (!await Database.Ask(async () => await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true).ConfigureAwait(false)) return false;
        await signer.Sign([workspace], stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>The last checkpoint, a signed note; null when there is none.</summary>
    public async Task<string?> Last(string workspace, CancellationToken stop) => (await LogHead.Read(store.For(workspace), stop).ConfigureAwait(false))?.Signed?.Note;
}
