namespace EventMesh.Domain.Replays;

/// <summary>What a replay may ask for.</summary>
public static class ReplayLimits
{
    public const int RatePerSecondMin = 1;
    public const int RatePerSecondMax = 1_000;
    public const int RatePerSecondDefault = 50;

    /// <summary>From the first moment to the last.</summary>
    public static readonly TimeSpan RangeMax = TimeSpan.FromDays(90);

    public const int TypesMax = 50;
    public const int TypeCharsMax = 200;

    /// <summary>Replays of one workspace that have not ended.</summary>
    public const int RunningMax = 5;

    /// <summary>Published events that a dry run of missing deliveries looks at while its caller waits.</summary>
    public const int DryRunEventsMax = 100_000;
}
