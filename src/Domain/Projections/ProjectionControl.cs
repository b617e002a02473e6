using System.Collections.Immutable;

namespace EventMesh.Domain.Projections;

/// <summary>What the platform's admins have asked of one projection, in the platform's own history. How far it has come is no event: that changes with every page of the feed.</summary>
public abstract record ProjectionEvent
{
    private ProjectionEvent() { }

    public sealed record ProjectionPaused(DateTimeOffset At) : ProjectionEvent;
    public sealed record ProjectionResumed(DateTimeOffset At) : ProjectionEvent;

    /// <param name="Position">Of the event that it could not take in, and passes over from now on.</param>
    public sealed record ProjectionEventSkipped(string Position, DateTimeOffset At) : ProjectionEvent;

    /// <param name="Position">Of the event that it could not take in, and tries once more.</param>
    public sealed record ProjectionRetried(string Position, DateTimeOffset At) : ProjectionEvent;

    /// <summary>A rebuild has ended, one way or the other.</summary>
    /// <param name="Rebuild">Its id, <c>prb_…</c>.</param>
    /// <param name="Workspace">Whose rows were rebuilt; null: all.</param>
    /// <param name="Events">How many were read.</param>
    public sealed record ProjectionRebuilt(string Rebuild, string? Workspace, RebuildOutcome Outcome, long Events, DateTimeOffset At) : ProjectionEvent;
}

public enum RebuildOutcome { Done, Cancelled, Failed }

/// <param name="Skipped">Positions that are passed over where they cannot be taken in.</param>
/// <param name="Retries">How often it was asked to try again.</param>
/// <param name="LastRebuild">The id of the rebuild that ended last; null before the first.</param>
public sealed record ProjectionControl(bool Paused, ImmutableHashSet<string> Skipped, int Retries, string? LastRebuild)
{
    public static readonly ProjectionControl Initial = new(false, [], 0, null);

    /// <summary>The stream, in the history of the platform.</summary>
    public static string StreamOf(string projection) => "projection-" + projection;

    public static ProjectionControl Evolve(ProjectionControl state, ProjectionEvent happened) => happened switch
    {
        ProjectionEvent.ProjectionPaused => state with { Paused = true },
        ProjectionEvent.ProjectionResumed => state with { Paused = false },
        ProjectionEvent.ProjectionEventSkipped skipped => state with { Skipped = state.Skipped.Add(skipped.Position) },
        ProjectionEvent.ProjectionRetried => state with { Retries = state.Retries + 1 },
        ProjectionEvent.ProjectionRebuilt rebuilt => state with { LastRebuild = rebuilt.Rebuild },
        _ => state,
    };
}
