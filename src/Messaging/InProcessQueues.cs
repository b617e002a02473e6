using System.Threading.Channels;

namespace EventMesh.Messaging;

/// <summary>
/// The transport of the embedded default: queues in memory, durable because the log is. A dispatch counts as put when it was
/// acknowledged, so the caller's checkpoint never passes one that a crash would lose.
/// </summary>
/// <remarks>
/// What waits has no limit of its own: a Put stays incomplete until its dispatches are acknowledged, so the dispatches
/// the caller lets be outstanding are the limit.
/// </remarks>
public sealed class InProcessQueues(TimeProvider time, int prefetch = InProcessQueues.PrefetchDefault) : IDispatchQueues, ISettle
{
    /// <summary>Dispatches of one workspace that may be in workers' hands at once.</summary>
    public const int PrefetchDefault = 256;

    /// <summary>Never: nobody else can reach these queues.</summary>
    public ChannelReader<string> Lost { get; } = Channel.CreateUnbounded<string>().Reader;

    private readonly Turns<Waiting> _turns = new(prefetch);
    private readonly EndedWorkspaces _ended = new();
    private readonly CancellationTokenSource _disposed = new();

    public async Task Put(IReadOnlyList<Dispatch> dispatches, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        _disposed.Token.ThrowIfCancellationRequested();
        dispatches = _ended.Without(dispatches);
        if (dispatches.Count == 0)
            return;

        Instruments.Puts.Add(dispatches.Count, Instruments.InProcess);
        var batch = new Batch(dispatches.Count);
        foreach (var dispatch in dispatches)
            _turns.Add(dispatch.Workspace, new Waiting(dispatch, batch));

        // One that ended in between dropped what it saw.
        foreach (var workspace in dispatches.Select(d => d.Workspace).Where(_ended.Contains).Distinct().ToList())
            Drop(workspace);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposed.Token);
        await batch.Safe.WaitAsync(either.Token);
    }

    /// <summary>Every workspace is open from the start.</summary>
    public Task Open(Func<CancellationToken, Task<IReadOnlyCollection<string>>> workspaces, CancellationToken stop) => Task.CompletedTask;

    public async ValueTask<IReadOnlyList<Received>> Take(int max, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposed.Token);
        var taken = await _turns.Take(max, either.Token);
        Instruments.Takes.Add(taken.Count, Instruments.InProcess);
        var received = new Received[taken.Count];
        for (var i = 0; i < received.Length; i++)
            received[i] = new Received(taken[i].Dispatch, this, taken[i].Batch, 0);

        return received;
    }

    public void End(string workspace)
    {
        if (_ended.Add(workspace))
            Drop(workspace);
    }

    public Task<long> CountWaiting(string workspace, CancellationToken stop) => Task.FromResult(0L);

    public Task Delete(string workspace, CancellationToken stop) => Task.CompletedTask;

    private void Drop(string workspace)
    {
        foreach (var dropped in _turns.Drop(workspace))
            dropped.Batch.OneIsSafe();
    }

    public ValueTask DisposeAsync()
    {
        _disposed.Cancel();
        return ValueTask.CompletedTask;
    }

    ValueTask ISettle.Ack(Received received)
    {
        _turns.Settled(received.Dispatch.Workspace);
        received.Batch!.OneIsSafe();
        return ValueTask.CompletedTask;
    }

    ValueTask ISettle.Requeue(Received received, TimeSpan delay)
    {
        Instruments.Requeues.Add(1, Instruments.InProcess);
        var again = new Waiting(received.Dispatch, received.Batch!);
        _turns.Settled(received.Dispatch.Workspace);
        if (delay > TimeSpan.Zero)
            _ = ReturnAfter(delay, again);
        else
            Return(again);

        return ValueTask.CompletedTask;
    }

    private void Return(Waiting again)
    {
        _turns.Return(again.Dispatch.Workspace, again);
        if (_ended.Contains(again.Dispatch.Workspace))
            Drop(again.Dispatch.Workspace);
    }

    private async Task ReturnAfter(TimeSpan delay, Waiting again)
    {
        await Task.Delay(delay, time, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Return(again);
    }

    private readonly record struct Waiting(Dispatch Dispatch, Batch Batch);
}
