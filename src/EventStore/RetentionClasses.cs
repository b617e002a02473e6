namespace EventMesh.EventStore;

/// <summary>
/// By what the payloads of a day are divided: a partition for all that are kept up to so many days. A class is dropped when its longest retention is over; until then a row whose own is over
/// is there, and nobody reads it.
/// </summary>
public static class RetentionClasses
{
    /// <summary>The longest retention of each class, in days; the last one holds whatever is kept longer too.</summary>
    public static readonly IReadOnlyList<int> Longest = [7, 30, 90, 365, RetentionDaysMax];

    /// <summary>The longest that a plan may say.</summary>
    public const int RetentionDaysMax = 3_650;

    /// <summary>Of payloads that nodes stored which did not know of retention: as long as their workspace's plan says.</summary>
    public const int AsThePlanSays = RetentionDaysMax + 1;
}
