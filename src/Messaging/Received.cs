namespace EventMesh.Messaging;

/// <summary>A dispatch in the hands of a worker, to be settled exactly once.</summary>
public sealed class Received
{
    public static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(1);

    private readonly ISettle _settle;
    private int _settled;

    internal Received(Dispatch dispatch, ISettle settle, Batch? batch, ulong tag)
    {
        Dispatch = dispatch;
        _settle = settle;
        Batch = batch;
        Tag = tag;
    }

    public Dispatch Dispatch { get; }

    /// <summary>In process: the call to Put it came with.</summary>
    internal Batch? Batch { get; }

    /// <summary>RabbitMQ: the delivery tag on the channel it came by.</summary>
    internal ulong Tag { get; }

    /// <summary>
    /// It is done with, because its outcome is committed. When the connection it came by is gone this does nothing: the broker hands it out again.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was settled before.</exception>
    public ValueTask Ack()
    {
        SettleOnce();
        return _settle.Ack(this);
    }

    /// <summary>Has it handed out again after <paramref name="delay"/> (<see cref="DefaultDelay"/> when not given), ahead of what waits then. Others are not held up meanwhile.</summary>
    /// <exception cref="InvalidOperationException">It was settled before.</exception>
    public ValueTask Requeue(TimeSpan? delay = null)
    {
        SettleOnce();
        return _settle.Requeue(this, delay ?? DefaultDelay);
    }

    private void SettleOnce()
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            throw new InvalidOperationException($"The dispatch of {Dispatch.Delivery} was settled before.");
    }
}

/// <summary>Where a dispatch goes back to.</summary>
internal interface ISettle
{
    ValueTask Ack(Received received);

    ValueTask Requeue(Received received, TimeSpan delay);
}
