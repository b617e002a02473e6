namespace EventMesh.Domain.Access;

/// <summary>Which reading of a history is itself part of it.</summary>
public enum ReadingKind { Audit }

/// <summary>That somebody read a history, or used an elevation: told once an hour for one reader and kind, or one elevation and permission, and decided by nobody: the stream is named after all three.</summary>
public abstract record HistoryReadingEvent
{
    private HistoryReadingEvent() { }

    /// <param name="At">The first time in that hour.</param>
    public sealed record HistoryRead(ReadingKind Kind, DateTimeOffset At) : HistoryReadingEvent;

    /// <param name="Of">The elevation.</param>
    /// <param name="Permission">What for, such as <c>read_history</c>.</param>
    /// <param name="At">The first time in that hour.</param>
    public sealed record ElevationUsed(string Of, string Permission, DateTimeOffset At) : HistoryReadingEvent;
}

/// <summary>How often a stream tells of a reading: once.</summary>
public static class HistoryReading
{
    public const string StreamType = "history_reading";

    public static int Evolve(int readings, HistoryReadingEvent happened) => happened is HistoryReadingEvent.HistoryRead or HistoryReadingEvent.ElevationUsed ? readings + 1 : readings;

    /// <summary>The one stream in which the reading of an hour, UTC, is told.</summary>
    public static string StreamOf(ReadingKind kind, string actor, DateTimeOffset at) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"reading-{kind.ToString().ToLowerInvariant()}-{actor}-{at.UtcDateTime:yyyyMMddHH}");

    /// <summary>The one stream in which an hour's, UTC, use of an elevation for one permission is told.</summary>
    public static string StreamOf(string elevation, string permission, DateTimeOffset at) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"used-{elevation}-{permission}-{at.UtcDateTime:yyyyMMddHH}");
}
