namespace EventMesh.Messaging;

/// <summary>The dispatches of one call to Put, counted down as each becomes safe.</summary>
internal sealed class Batch(int count)
{
    private readonly TaskCompletionSource _safe = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = count;

    public Task Safe => _safe.Task;

    /// <summary>Something else has to be safe, too. Only while one of the batch is not.</summary>
    public Batch OneMore()
    {
        Interlocked.Increment(ref _open);
        return this;
    }

    public void OneIsSafe()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            _safe.TrySetResult();
    }
}
