using System.Globalization;

namespace EventMesh.Domain.Filters.Matching;

/// <summary>
/// A point in time read from RFC 3339 §5.6, to the nanosecond; further digits are cut off. A leap second is the first second of the next minute.
/// </summary>
internal readonly record struct Instant(long Seconds, int Nanoseconds) : IComparable<Instant>
{
    private const int DateTimeLength = 19; // yyyy-MM-ddTHH:mm:ss

    public int CompareTo(Instant other)
    {
        var seconds = Seconds.CompareTo(other.Seconds);
        return seconds != 0 ? seconds : Nanoseconds.CompareTo(other.Nanoseconds);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Instant instant)
    {
        instant = default;
        if (text.Length <= DateTimeLength
            || !Number(text[..4], out var year) || text[4] != '-'
            || !Number(text[5..7], out var month) || text[7] != '-'
            || !Number(text[8..10], out var day) || text[10] is not ('T' or 't')
            || !Number(text[11..13], out var hour) || text[13] != ':'
            || !Number(text[14..16], out var minute) || text[16] != ':'
            || !Number(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60
            || !Fraction(text[DateTimeLength..], out var nanoseconds, out var zone)
            || !Offset(zone, out var offsetSeconds))
            return false;

        var date = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc);
        instant = new Instant((date.Ticks / TimeSpan.TicksPerSecond) + second - offsetSeconds, nanoseconds);
        return true;
    }

    private static bool Fraction(ReadOnlySpan<char> text, out int nanoseconds, out ReadOnlySpan<char> zone)
    {
        nanoseconds = 0;
        zone = text;
        if (text[0] != '.')
            return true;

        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits < 1)
            return false;

        zone = text[(1 + digits)..];
        for (var i = 0; i < 9; i++)
            nanoseconds = (nanoseconds * 10) + (i < digits ? text[1 + i] - '0' : 0);
        return true;
    }

    private static bool Offset(ReadOnlySpan<char> zone, out int seconds)
    {
        seconds = 0;
        if (zone is "Z" or "z")
            return true;

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':'
            || !Number(zone[1..3], out var hours) || !Number(zone[4..6], out var minutes) || hours > 23 || minutes > 59)
            return false;

        seconds = ((hours * 60) + minutes) * (zone[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool Number(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
