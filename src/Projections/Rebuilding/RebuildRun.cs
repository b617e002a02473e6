using EventMesh.EventStore;

namespace EventMesh.Projections.Rebuilding;

public enum RebuildState { Asked, Running, Cancelling, Done, Cancelled, Failed }

/// <summary>A rebuild that somebody asked for.</summary>
/// <param name="Id"><c>prb_…</c>.</param>
/// <param name="Name">Of the read model.</param>
/// <param name="Workspace">Whose rows; null: all.</param>
/// <param name="Events">How many were read so far, by all nodes that worked on it.</param>
/// <param name="EventsPerSecond">Of the node that works on it, since it took it up.</param>
/// <param name="Percent">Of the history as it was when a node took it up, 0 to 100.</param>
/// <param name="Failed">The event that it could not take in.</param>
public sealed record RebuildRun(
    string Id, string Name, string? Workspace, RebuildState State, RebuildPhase Phase, long Events, double EventsPerSecond, double Percent, Running.StoppedAt? Failed,
    string AskedBy, DateTimeOffset AskedAt, string? CancelledBy, DateTimeOffset? EndedAt)
{
    public bool HasEnded => EndedAt is not null;
}
