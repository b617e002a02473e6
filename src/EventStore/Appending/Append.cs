namespace EventMesh.EventStore.Appending;

/// <summary>Events for the end of one stream.</summary>
/// <param name="StreamType">The aggregate's name, kept when the stream begins.</param>
/// <param name="ExpectedVersion">The version the decision was made on; 0 begins the stream.</param>
public sealed record Append(
    string Workspace, string Stream, string StreamType, long ExpectedVersion, IReadOnlyList<NewEvent> Events, EventMetadata Metadata, IReadOnlyList<Payload> Payloads);

/// <summary>What became of an append: either it is stored, or it lost to <see cref="ActualVersion"/>.</summary>
public readonly record struct Appended(bool Stored, Position Position, long ActualVersion)
{
    /// <summary>It lost because the stream is archived: nothing will ever be appended to it.</summary>
    public bool Archived => ActualVersion < 0;
}
