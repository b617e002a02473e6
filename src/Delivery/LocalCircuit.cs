using EventMesh.Domain.Connections;
using EventMesh.Messaging;
using EventMesh.Projections.Index;

namespace EventMesh.Delivery;

/// <summary>What this node knows of one connection's circuit beyond the index: its own attempts, its own decisions until the index has them, its own probe.</summary>
internal sealed class LocalCircuit
{
    /// <summary>Between two that come back to a circuit: 200 a second, so that what has waited does not arrive at once.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SpreadMax = TimeSpan.FromMinutes(10);
    /// <summary>Between two looks whether the probe that another node makes has ended.</summary>
    private static readonly TimeSpan BetweenClaims = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly FailureWindow window = new();
    private KnownCircuit decided = KnownCircuit.None;
    private bool deciding;
    private DateTimeOffset claimAgainAt = DateTimeOffset.MinValue;
    private DateTimeOffset lastComesBackAt = DateTimeOffset.MinValue;
    private (string Delivery, int Attempt, long Version, DateTimeOffset Until)? probe;

    /// <summary>The later of what the index says and what was decided here.</summary>
    public KnownCircuit Latest(KnownCircuit? indexed)
    {
        lock (gate) return indexed is not null && indexed.Version >= decided.Version ? indexed : decided;
    }

    /// <summary>The version of the circuit that <paramref name="of"/> probes; null when it is no probe of this node.</summary>
    public long? Probes(Dispatch of)
    {
        lock (gate) return probe is { } p && p.Delivery == of.Delivery && p.Attempt == of.Attempt ? p.Version : null;
    }

    /// <summary>Makes <paramref name="of"/> this node's probe, unless it has one or another node was found to have one a moment ago. The claim is still to be made.</summary>
    public bool TryBeginProbe(Dispatch of, long version, DateTimeOffset now)
    {
        lock (gate)
        {
            if (now < claimAgainAt || (probe is { } p && p.Version == version && now < p.Until)) return false;
            probe = (of.Delivery, of.Attempt, version, now + CircuitProbes.Lasts);
            return true;
        }
    }

    public void EndProbe(DateTimeOffset? claimAgainAfter = null)
    {
        lock (gate)
        {
            probe = null;
            if (claimAgainAfter is { } now) claimAgainAt = now + BetweenClaims;
        }
    }

    /// <summary>When one that may not go now is to come back: not before <paramref name="earliest"/>, and some time after the one before it.</summary>
    public DateTimeOffset ComeBackAt(DateTimeOffset earliest)
    {
        lock (gate)
        {
            var next = lastComesBackAt + Apart;
            if (next < earliest || next > earliest + SpreadMax) next = earliest;
            return lastComesBackAt = next;
        }
    }

    /// <summary>When a half-open circuit is worth another look.</summary>
    public static DateTimeOffset LookAgainAt(DateTimeOffset now) => now + BetweenClaims;

    /// <summary>Counts an attempt while the circuit is closed.</summary>
    /// <returns>The attempts and failures that are to open it; null when it stays closed, or is being opened already. Ends with <see cref="Decided"/>.</returns>
    public (int Attempts, int Failures)? Count(DateTimeOffset now, bool trouble)
    {
        lock (gate)
        {
            if (!window.Add(now, trouble) || !trouble || deciding) return null;
            deciding = true;
            return (window.Attempts, window.Failures);
        }
    }

    /// <param name="known">What was appended; null when that failed or another was first.</param>
    public void Decided(KnownCircuit? known)
    {
        lock (gate)
        {
            deciding = false;
            if (known is null) return;
            if (known.Version > decided.Version) decided = known;
            window.Clear();
        }
    }
}
