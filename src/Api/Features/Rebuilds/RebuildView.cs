using EventMesh.Projections.Rebuilding;

namespace EventMesh.Api.Features.Rebuilds;

/// <summary>A rebuild, under way or ended.</summary>
/// <param name="Workspace">Whose rows; null: all.</param>
/// <param name="Percent">Of the history as it was when a node took it up, 0 to 100.</param>
/// <param name="Events">Read so far.</param>
/// <param name="Failed">The event that it could not take in; what readers see stayed as it was.</param>
public sealed record RebuildView(
    string Id, string? Workspace, RebuildState State, RebuildPhase Phase, double Percent, long Events, double EventsPerSecond, ProjectionView.StoppedView? Failed,
    string AskedBy, DateTimeOffset AskedAt, string? CancelledBy, DateTimeOffset? EndedAt)
{
    public static RebuildView Of(RebuildRun run) => new(
        run.Id, run.Workspace, run.State, run.Phase, Math.Round(run.Percent, 1), run.Events, Math.Round(run.EventsPerSecond), ProjectionView.StoppedView.Of(run.Failed),
        run.AskedBy, run.AskedAt, run.CancelledBy, run.EndedAt);
}
