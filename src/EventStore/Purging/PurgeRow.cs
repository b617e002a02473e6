namespace EventMesh.EventStore.Purging;

/// <summary>A data key that a purged workspace had.</summary>
/// <param name="Erasure">Whether it was wrapped by the workspace's erasure key.</param>
public sealed record PurgedKey(int Number, string MasterKey, bool Erasure);

/// <summary>Where a purge stands.</summary>
/// <param name="Streams">What becomes of the history: <c>delete</c> or <c>skeletons</c>.</param>
/// <param name="Step">The step under way.</param>
/// <param name="Counts">What that step has destroyed so far, by name.</param>
/// <param name="Keys">The data keys that the workspace had; null until they are noted.</param>
/// <param name="Checkpoint">The last checkpoint of its log, a signed note; null until it is noted, or when there was none.</param>
/// <param name="Shut">Nothing of the workspace is appended any more.</param>
/// <param name="Receipt">The signed receipt, once it has finished.</param>
public sealed record PurgeRow(
    string Workspace, string Streams, string Step, DateTimeOffset StepStartedAt, IReadOnlyDictionary<string, long> Counts, IReadOnlyList<PurgedKey>? Keys, string? Checkpoint, bool Shut,
    DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Receipt);
