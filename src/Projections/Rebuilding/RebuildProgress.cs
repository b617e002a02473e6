namespace EventMesh.Projections.Rebuilding;

public enum RebuildPhase
{
    /// <summary>Reads the history and folds it.</summary>
    Reading,
    /// <summary>Gives the new table its indexes.</summary>
    Indexing,
    /// <summary>Takes in what happened meanwhile.</summary>
    CatchingUp,
    /// <summary>Readers see the new rows.</summary>
    Done,
}

/// <param name="Events">How many were read so far.</param>
/// <param name="EventsPerSecond">Over the whole time since the rebuild began.</param>
/// <param name="Percent">Of the history as it was when the rebuild began, 0 to 100.</param>
public sealed record RebuildProgress(RebuildPhase Phase, long Events, double EventsPerSecond, double Percent);

/// <summary>Counts what a rebuild has done, and tells whoever asked.</summary>
internal sealed class RebuildMeter(Action<RebuildProgress>? tell, long lastSequence, long before = 0)
{
    private readonly long started = TimeProvider.System.GetTimestamp();
    private long events;
    private double percent;

    public void Read(RebuildPhase phase, RebuildPage page)
    {
        events += page.Events.Count;
        // Sequence numbers are drawn in about the order of the feed: near enough for a percentage.
        if (page.Events.Count > 0 && lastSequence > 0) percent = Math.Max(percent, Math.Min(100, 100.0 * page.Events[^1].Position.Sequence / lastSequence));
        Tell(phase);
    }

    public void Tell(RebuildPhase phase)
    {
        if (phase != RebuildPhase.Reading) percent = 100;
        tell?.Invoke(new(phase, before + events, events / TimeProvider.System.GetElapsedTime(started).TotalSeconds, percent));
    }
}
