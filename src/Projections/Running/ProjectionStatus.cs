using EventMesh.EventStore;

namespace EventMesh.Projections.Running;

public enum ProjectionState
{
    /// <summary>Another process runs it, or the database does not answer.</summary>
    Waiting,
    Running,
    /// <summary>Somebody asked it to.</summary>
    Paused,
    /// <summary>It met an event that it cannot take in, and goes no further until that is skipped or tried again.</summary>
    Stopped,
}

/// <param name="Broken">What stopped it.</param>
public sealed record ProjectionStatus(ProjectionState State, BrokenEvent? Broken = null);

/// <summary>An event that a projection cannot take in: its type is unknown to it, or its data is not what it should be.</summary>
public sealed class BrokenEvent(string projection, Position position, string workspace, string stream, string type, Exception reason)
    : Exception($"Projection {projection} cannot take in the event {type} at {position} (stream {stream} of {workspace}): {reason.Message}", reason)
{
    public Position Position { get; } = position;
    public string Workspace { get; } = workspace;
    public string Stream { get; } = stream;
    public string Type { get; } = type;
}
