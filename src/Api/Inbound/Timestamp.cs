using System.Globalization;
using EventMesh.Api.CloudEvents;
using EventMesh.Domain.Sources;

namespace EventMesh.Api.Inbound;

/// <summary>The time that a sender signed, which keeps a request that was recorded from being sent again much later.</summary>
internal static class Timestamp
{
    public const int ToleranceSecondsDefault = 300;
    public const int ToleranceSecondsMax = 86_400;

    /// <summary>Null when the text is a time no further than the tolerance from now.</summary>
    public static Refusal? Check(string text, TimestampFormat format, int? toleranceSeconds, DateTimeOffset now)
    {
        if (Read(text, format) is not { } milliseconds) return Refusal.Malformed;
        var age = now.ToUnixTimeMilliseconds() - milliseconds;
        // A time of whole seconds may be a second older than it says.
        if (format == TimestampFormat.Unix) age -= age % 1000;
        var tolerance = (toleranceSeconds ?? ToleranceSecondsDefault) * 1000L;
        return age > tolerance ? Refusal.TooOld : age < -tolerance ? Refusal.TooNew : null;
    }

    /// <returns>Milliseconds since 1970; null when the text is no such time.</returns>
    private static long? Read(string text, TimestampFormat format)
    {
        // 13 digits reach beyond the year 300,000 in seconds and 2286 in milliseconds: no sum with them overflows.
        if (format != TimestampFormat.Rfc3339)
            return text.Length <= 13 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? format == TimestampFormat.Unix ? number * 1000 : number : null;
        return Rfc3339.IsTimestamp(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;
    }
}
