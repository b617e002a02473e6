namespace EventMesh.EventStore.Feeds;

/// <summary>
/// Tells feeds of this process that something was appended here, so that they need not wait for their next look. What other nodes append is found
/// by looking: see <see cref="FeedWatch"/>.
/// </summary>
public sealed class Arrivals
{
    private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Signal() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>What the next signal completes. Take it before reading, so that no signal falls between the reading and the waiting.</summary>
    public Task Next => next.Task;
}
