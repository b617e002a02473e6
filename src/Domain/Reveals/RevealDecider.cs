namespace EventMesh.Domain.Reveals;

public abstract record RevealCommand
{
    private RevealCommand() { }

    public sealed record RevealRawData(string Reveal, string Of, int? Attempt, DateTimeOffset At) : RevealCommand;
}

/// <summary>How much has to be said for a reveal.</summary>
public static class RevealLimits
{
    public const int ReasonCharsMin = 10;
    public const int ReasonCharsMax = 500;
}

public static class RevealDecider
{
    public static RevealEvent[] Decide(RevealCommand command, Reveal state) => (command, state) switch
    {
        (RevealCommand.RevealRawData reveal, Reveal.Missing) => [new RevealEvent.RawDataRevealed(reveal.Of, reveal.Attempt, Reveal.ReasonOf(reveal.Reveal), reveal.At)],
        (RevealCommand.RevealRawData, _) => throw new Refused("reveal.exists", "A reveal with this id exists already."),
        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };
}
