namespace EventMesh.Domain.Access;

/// <summary>What has happened to a platform admin's wish to act in a workspace for a while, and what it therefore is. It stands in the workspace's own history.</summary>
public abstract record ElevationEvent
{
    private ElevationEvent() { }

    /// <param name="Admin">Who asks, and who alone would act.</param>
    /// <param name="Roles">By name.</param>
    /// <param name="Reason">The name under which it is kept, <c>elevations/elv_…</c>; in events of before, the reason itself.</param>
    public sealed record ElevationRequested(string Admin, IReadOnlyList<string> Roles, string Reason, int DurationSeconds, DateTimeOffset At) : ElevationEvent;

    /// <param name="By">Another admin, or somebody who runs the workspace.</param>
    /// <param name="EndsAt">From then on it gives nothing, whether anybody says so or not.</param>
    public sealed record ElevationApproved(string Admin, IReadOnlyList<string> Roles, string By, DateTimeOffset EndsAt, DateTimeOffset At) : ElevationEvent;

    public sealed record ElevationRefused(string By, DateTimeOffset At) : ElevationEvent;

    /// <summary>Ended before its time, or taken back before anybody decided.</summary>
    public sealed record ElevationEnded(string Admin, string By, DateTimeOffset At) : ElevationEvent;
}

public abstract record Elevation
{
    private Elevation() { }

    public sealed record Missing : Elevation;
    public sealed record Requested(ElevationEvent.ElevationRequested Asked) : Elevation;
    public sealed record Approved(ElevationEvent.ElevationRequested Asked, ElevationEvent.ElevationApproved Given) : Elevation;
    public sealed record Refused(ElevationEvent.ElevationRequested Asked, ElevationEvent.ElevationRefused How) : Elevation;

    /// <param name="Given">Null when it was taken back before anybody decided.</param>
    public sealed record Ended(ElevationEvent.ElevationRequested Asked, ElevationEvent.ElevationApproved? Given, ElevationEvent.ElevationEnded How) : Elevation;

    public static readonly Elevation Initial = new Missing();

    public static Elevation Evolve(Elevation state, ElevationEvent happened) => (state, happened) switch
    {
        (_, ElevationEvent.ElevationRequested asked) => new Requested(asked),
        (Requested requested, ElevationEvent.ElevationApproved given) => new Approved(requested.Asked, given),
        (Requested requested, ElevationEvent.ElevationRefused how) => new Refused(requested.Asked, how),
        (Requested requested, ElevationEvent.ElevationEnded how) => new Ended(requested.Asked, null, how),
        (Approved approved, ElevationEvent.ElevationEnded how) => new Ended(approved.Asked, approved.Given, how),
        _ => state,
    };
}

/// <summary>How long elevations last, and how much has to be said for them.</summary>
public static class ElevationLimits
{
    public const int ReasonCharsMin = 10;
    public const int ReasonCharsMax = 500;
    public const int DurationSecondsMin = 60;
    public const int DurationSecondsMax = 4 * 60 * 60;

    /// <summary>A request that nobody has decided by then can only be made anew.</summary>
    public static readonly TimeSpan LapsesAfter = TimeSpan.FromHours(24);
}
