namespace EventMesh.Domain.Reveals;

/// <summary>Somebody was shown raw data. It stands in the history before they see it.</summary>
public abstract record RevealEvent
{
    private RevealEvent() { }

    /// <param name="Of">The published event or the delivery, by id.</param>
    /// <param name="Attempt">Which attempt's bodies; null for an event's body.</param>
    /// <param name="Reason">The name under which what they said for it is kept, <c>reveals/rev_…</c>: people name people in it.</param>
    public sealed record RawDataRevealed(string Of, int? Attempt, string Reason, DateTimeOffset At) : RevealEvent;
}

public abstract record Reveal
{
    private Reveal() { }

    public sealed record Missing : Reveal;
    public sealed record Revealed(RevealEvent.RawDataRevealed How) : Reveal;

    public static readonly Reveal Initial = new Missing();

    public static Reveal Evolve(Reveal state, RevealEvent happened) => happened switch
    {
        RevealEvent.RawDataRevealed how => new Revealed(how),
        _ => state,
    };

    /// <summary>Under which the reason of a reveal is kept.</summary>
    public static string ReasonOf(string reveal) => $"reveals/{reveal}";
}
