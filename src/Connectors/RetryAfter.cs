using System.Globalization;

namespace EventMesh.Connectors;

/// <summary><c>Retry-After</c> (RFC 9110 §10.2.3).</summary>
public static class RetryAfter
{
    /// <summary>No target may put us off for longer at a time.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromHours(24);

    // RFC 9110 §5.6.7: what is sent today, and the two obsolete forms a recipient must still read.
    private static readonly string[] Dates =
        ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>The wait a target asks for, between zero and <see cref="Max"/>; null when <paramref name="value"/> is neither seconds nor a date.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> value, DateTimeOffset now)
    {
        value = value.Trim();
        if (value.IsEmpty) return null;
        if (!value.ContainsAnyExceptInRange('0', '9'))
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Bounded(TimeSpan.FromSeconds(seconds)) : Max;

        return DateTimeOffset.TryParseExact(value, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var at)
            ? Bounded(at - now)
            : null;
    }

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Max ? Max : wait;
}
