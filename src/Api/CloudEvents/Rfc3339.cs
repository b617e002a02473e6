namespace EventMesh.Api.CloudEvents;

/// <summary>The timestamps of RFC 3339 §5.6, with its leap seconds and lower-case letters.</summary>
public static class Rfc3339
{
    private const int FractionDigitsMax = 30;

    public static bool IsTimestamp(ReadOnlySpan<char> text)
    {
        // 2026-11-20T12:00:00Z is the shortest.
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)) return false;
        if (!Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second)) return false;
        // Year 0 is a leap year that DateTime does not know.
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year == 0 ? 4 : year, month) || hour > 23 || minute > 59 || second > 60) return false;
        return IsZone(AfterFraction(text[19..]));
    }

    private static ReadOnlySpan<char> AfterFraction(ReadOnlySpan<char> rest)
    {
        if (rest[0] != '.') return rest;
        var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and <= FractionDigitsMax ? rest[(1 + digits)..] : [];
    }

    private static bool IsZone(ReadOnlySpan<char> zone) => zone switch
    {
        ['Z' or 'z'] => true,
        ['+' or '-', _, _, ':', _, _] => Number(zone[1..3], out var hours) && hours <= 23 && Number(zone[4..6], out var minutes) && minutes <= 59,
        _ => false,
    };

    private static bool Number(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            value = value * 10 + (digit - '0');
        }
        return true;
    }
}
