using EventMesh.Api.Edge;
using EventMesh.Delivery.Log;
using EventMesh.EventStore;
using EventMesh.Projections.Log;

namespace EventMesh.Api.Features.Log;

/// <summary>The newest checkpoint of a log, signed now when the last one is old.</summary>
public sealed class FreshCheckpoint(CheckpointSigner signer, Witnesses witnesses, TimeProvider clock)
{
    /// <summary>How old the newest may be while the log is ahead of it.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(3);

    /// <param name="covering">It has to have more leaves than this.</param>
    /// <exception cref="ProblemException">The log has not begun, or nothing is signed of it any more.</exception>
    public async Task<StoredCheckpoint> Of(WorkspaceStore workspace, long covering, CancellationToken stop)
    {
        var head = await Head(workspace, stop);
        if (head.Signed is { } last && last.Size > covering && (last.Size == head.State.Size || last.At > clock.GetUtcNow() - Age)) return last;
        await signer.Sign([workspace.Workspace], stop);
        witnesses.Wake();
        return (await Head(workspace, stop)).Signed is { } signed && signed.Size > covering ? signed : throw LogQuery.NotYet("It");
    }

    /// <summary>How far the log has come.</summary>
    /// <exception cref="ProblemException">It has not begun, or nothing is signed of it any more.</exception>
    public async Task<LogHead> Head(WorkspaceStore workspace, CancellationToken stop)
    {
        var head = await LogHead.Read(workspace, stop) ?? throw LogQuery.NotYet("The first event");
        return head.Fault is null ? head : throw Problem.Conflict.With(
            $"Since a checkpoint was signed the log has changed where it may only grow: {head.Fault}. Nothing more is signed of it until the platform's operator has looked. Checkpoints of before are answered to size.");
    }
}
