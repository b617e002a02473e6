namespace EventMesh.EventStore.Appending;

/// <summary>Appends that one caller wants in one transaction, each with an answer of its own.</summary>
internal sealed class AppendGroup
{
    private const int Waiting = 0, Taken = 1, Abandoned = 2;

    private int state = Waiting;

    public AppendGroup(IReadOnlyList<Append> appends)
    {
        Appends = appends;
        Answers = new Appended[appends.Count];
        foreach (var append in appends)
        {
            EventsCount += append.Events.Count;
            PayloadsCount += append.Payloads.Count;
            foreach (var added in append.Events) BytesCount += added.Data.Length;
            foreach (var payload in append.Payloads) BytesCount += payload.Body.Length;
        }
    }

    public IReadOnlyList<Append> Appends { get; }
    public int EventsCount { get; }
    public int PayloadsCount { get; }
    public long BytesCount { get; }

    /// <summary>Filled while the transaction is answered, in the order of <see cref="Appends"/>; handed out when it has committed.</summary>
    public Appended[] Answers { get; }
    public TaskCompletionSource<Appended[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it is still wanted; from now on it is written, whatever its caller does.</summary>
    public bool Take() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Its caller has gone: unless it was taken already, it will not be written.</summary>
    public void Abandon(CancellationToken stop)
    {
        if (Interlocked.CompareExchange(ref state, Abandoned, Waiting) == Waiting) Answer.TrySetCanceled(stop);
    }
}
