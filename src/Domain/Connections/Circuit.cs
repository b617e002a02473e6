namespace EventMesh.Domain.Connections;

/// <summary>
/// What has happened to the circuit of a connection, and what it therefore is. It has a stream of its own, <c>cir_…</c>: circuits come and go with a target's health,
/// and the version of the connection, its ETag, is to change only when somebody changes the connection.
/// </summary>
public abstract record CircuitEvent
{
    private CircuitEvent() { }

    /// <param name="Attempts">Attempts looked at: those of the window, or the one probe.</param>
    /// <param name="Failures">How many of them were trouble.</param>
    /// <param name="LastOutcome">How the last of them ended, as in <see cref="Deliveries.Attempt"/>.</param>
    /// <param name="InARow">From 1: how often it has opened without a calm time in between.</param>
    /// <param name="Until">Nothing is sent before.</param>
    public sealed record ConnectionCircuitOpened(
        string Connection, CircuitOpenedBecause Reason, int Attempts, int Failures, string LastOutcome, int InARow, DateTimeOffset Until, DateTimeOffset At) : CircuitEvent;
    public sealed record ConnectionCircuitClosed(string Connection, CircuitClosedBecause Reason, DateTimeOffset At) : CircuitEvent;
}

public enum CircuitOpenedBecause { FailureRate, ProbeFailed }

public enum CircuitClosedBecause { ProbeSucceeded, Asked }

public abstract record Circuit
{
    private Circuit() { }

    /// <param name="OpenedInARow">Kept for a while: a target that fails again soon is left alone for longer.</param>
    public sealed record Closed(int OpenedInARow, DateTimeOffset Since) : Circuit;

    /// <summary>Nothing is sent until <paramref name="Until"/>. From then on it is half-open: one attempt is made, and its outcome decides.</summary>
    /// <param name="Since">When it opened first; failed probes in between change nothing in that.</param>
    public sealed record Open(int OpenedInARow, DateTimeOffset Since, DateTimeOffset Until) : Circuit;

    public static readonly Circuit Initial = new Closed(0, DateTimeOffset.MinValue);

    /// <summary>The stream of a connection's circuit.</summary>
    public static string StreamOf(string connection) => "cir_" + (connection.StartsWith("con_", StringComparison.Ordinal) ? connection[4..] : connection);

    public static Circuit Evolve(Circuit state, CircuitEvent happened) => (state, happened) switch
    {
        (Open open, CircuitEvent.ConnectionCircuitOpened again) => new Open(again.InARow, open.Since, again.Until),
        (_, CircuitEvent.ConnectionCircuitOpened opened) => new Open(opened.InARow, opened.At, opened.Until),
        (Open open, CircuitEvent.ConnectionCircuitClosed { Reason: CircuitClosedBecause.ProbeSucceeded } closed) => new Closed(open.OpenedInARow, closed.At),
        // Somebody knows that it is mended: what was before is forgotten.
        (_, CircuitEvent.ConnectionCircuitClosed closed) => new Closed(0, closed.At),
        _ => state,
    };
}
