namespace EventMesh.Domain.Publishing;

/// <summary>Who read bodies of published events, told once in a while and decided by nobody. Who it was stands beside the event.</summary>
public abstract record PayloadReadEvent
{
    private PayloadReadEvent() { }

    /// <summary>Somebody read <paramref name="Count"/> bodies since they were last told of, which is an hour ago at most.</summary>
    /// <param name="Types">Of the filter they read with: stored names, with a * for all that begin so.</param>
    /// <param name="Stream">Of the filter: how streams begin.</param>
    /// <param name="Resource">Of the filter: an id of ours, or the name of a resource without the id that its publisher gave it.</param>
    /// <param name="From">The position of the first event whose body was read.</param>
    /// <param name="To">That of the last.</param>
    public sealed record PayloadsRead(
        IReadOnlyList<string>? Types, string? Stream, string? Resource, string From, string To, long Count, DateTimeOffset FirstAt, DateTimeOffset At) : PayloadReadEvent;
}

/// <summary>What the tellings of a stream come to.</summary>
public sealed record PayloadRead(long Count)
{
    public static readonly PayloadRead Initial = new(0);

    public static PayloadRead Evolve(PayloadRead state, PayloadReadEvent happened) => happened switch
    {
        PayloadReadEvent.PayloadsRead read => new(state.Count + read.Count),
        _ => state,
    };
}
