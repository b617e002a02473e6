namespace EventMesh.Domain.Connections;

public abstract record CircuitCommand
{
    private CircuitCommand() { }

    /// <param name="Chance">From the edge, in [0, 1): spreads the probes of circuits that opened together.</param>
    public sealed record OpenCircuit(string Connection, int Attempts, int Failures, string LastOutcome, double Chance, DateTimeOffset At) : CircuitCommand;
    /// <param name="At">When the probe ended.</param>
    public sealed record FailProbe(string Connection, string Outcome, double Chance, DateTimeOffset At) : CircuitCommand;
    public sealed record CloseCircuit(string Connection, CircuitClosedBecause Reason, DateTimeOffset At) : CircuitCommand;
}

public static class CircuitDecider
{
    public static readonly TimeSpan OpenMin = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan OpenMax = TimeSpan.FromMinutes(5);
    public const double Jitter = 0.2;

    /// <summary>
    /// How long a circuit must have stayed closed until the next opening begins anew with <see cref="OpenMin"/>. Without it a target that answers each probe and then fails
    /// would open and close some ten thousand times a day; with it, at most every <see cref="OpenMax"/> in the long run.
    /// </summary>
    public static readonly TimeSpan CalmAfter = TimeSpan.FromMinutes(10);

    /// <summary>The events that <paramref name="command"/> leads to; none when the circuit is so already, because another node was first.</summary>
    public static CircuitEvent[] Decide(CircuitCommand command, Circuit state) => (command, state) switch
    {
        (CircuitCommand.OpenCircuit open, Circuit.Closed closed) =>
            [Opened(open.Connection, CircuitOpenedBecause.FailureRate, open.Attempts, open.Failures, open.LastOutcome, (Forgiven(closed, open.At) ? 0 : closed.OpenedInARow) + 1, open.Chance, open.At)],
        (CircuitCommand.OpenCircuit, Circuit.Open) => [],

        (CircuitCommand.FailProbe fail, Circuit.Open open) when fail.At >= open.Until =>
            [Opened(fail.Connection, CircuitOpenedBecause.ProbeFailed, 1, 1, fail.Outcome, open.OpenedInARow + 1, fail.Chance, fail.At)],
        // Closed by hand, or opened again by another node's probe, while this one was on its way.
        (CircuitCommand.FailProbe, _) => [],

        (CircuitCommand.CloseCircuit close, Circuit.Open) => [new CircuitEvent.ConnectionCircuitClosed(close.Connection, close.Reason, close.At)],
        (CircuitCommand.CloseCircuit, Circuit.Closed) => [],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    /// <summary>How long the <paramref name="inARow"/>-th opening lasts: 5 s, doubled each time, at most 5 min; moved by chance within ±20 %.</summary>
    /// <param name="inARow">From 1.</param>
    public static TimeSpan Wait(int inARow, double chance)
    {
        var doubled = OpenMin * Math.Pow(2, Math.Min(inARow - 1, 10));
        return (doubled < OpenMax ? doubled : OpenMax) * (1 - Jitter + 2 * Jitter * chance);
    }

    private static bool Forgiven(Circuit.Closed closed, DateTimeOffset at) => at - closed.Since >= CalmAfter;

    private static CircuitEvent.ConnectionCircuitOpened Opened(
        string connection, CircuitOpenedBecause reason, int attempts, int failures, string outcome, int inARow, double chance, DateTimeOffset at) =>
        new(connection, reason, attempts, failures, outcome, inARow, at + Wait(inARow, chance), at);
}
