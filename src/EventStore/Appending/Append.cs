namespace EventMesh.EventStore.Appending;

/// <summary>Events for the end of one stream.</summary>
/// <param name="StreamType">The aggregate's name, kept when the stream begins.</param>
/// <param name="ExpectedVersion">The version the decision was made on; 0 begins the stream.</param>
public sealed record Append(
    string Workspace, string Stream, string StreamType, long ExpectedVersion, IReadOnlyList<NewEvent> Events, EventMetadata Metadata, IReadOnlyList<Payload> Payloads)
{
    internal int Size => Events.Sum(e => e.Data.Length) + Payloads.Sum(p => p.Body.Length);
}

/// <summary>What became of an append: either it is stored, or it lost to <see cref="ActualVersion"/>.</summary>
public readonly record struct Appended(bool Stored, Position Position, long ActualVersion);

/// <summary>Appends that are written in one transaction, each with an answer of its own.</summary>
internal sealed class AppendGroup(IReadOnlyList<Append> appends)
{
    public IReadOnlyList<Append> Appends { get; } = appends;
    public TaskCompletionSource<Appended[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public int Size { get; } = appends.Sum(a => a.Size);
}
