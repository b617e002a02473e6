namespace EventMesh.EventStore.Feeds;

/// <summary>
/// Tells feeds of this process that something was appended here, so that they need not wait for their next look. What other nodes append is found
/// by looking: every few milliseconds while something is about to become readable, ever less often while nothing happens.
/// </summary>
public sealed class Arrivals
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Signal() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>What the next signal completes. Take it before reading, so that no signal falls between the reading and the waiting.</summary>
    public Task Next => next.Task;

    /// <summary>Waits until something was appended here or it is time to look again.</summary>
    /// <param name="quietRounds">How often in a row there was nothing to read.</param>
    /// <param name="pending">Whether transactions are under way that may soon make something readable.</param>
    public static async Task Wait(Task signal, int quietRounds, bool pending, CancellationToken stop)
    {
        var pause = pending ? Soonest * (1 << Math.Min(quietRounds, 6)) : Idle;
        if (pause > Idle) pause = Idle;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(signal, Task.Delay(pause, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
    }
}
