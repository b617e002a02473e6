using System.Text;

namespace EventMesh.Domain.Filters.Matching;

/// <summary>
/// A JSON number (RFC 8259 §6) compared as it is written, digit by digit: 1, 1.0 and 10e-1 are the same number, 9007199254740993 is not 9007199254740992,
/// and 0.1 is a tenth. A double would be wrong in each of these, a decimal beyond 28 digits.
/// The value is 0.d₁d₂d₃… × 10^magnitude, d₁ not zero.
/// </summary>
internal readonly ref struct JsonNumber
{
    // Exponents beyond this are all the same distance away; it only has to exceed what any text of ours can hold in digits.
    private const long ExponentMax = 1_000_000_000_000;

    private readonly ReadOnlySpan<byte> digits; // may hold one '.'; begins and ends with a digit that is not zero; empty for zero

    public JsonNumber(ReadOnlySpan<byte> utf8)
    {
        IsNegative = utf8[0] == '-';
        var mantissa = IsNegative ? utf8[1..] : utf8;
        var exponent = mantissa.IndexOfAny((byte)'e', (byte)'E');
        if (exponent >= 0)
        {
            Magnitude = ReadExponent(mantissa[(exponent + 1)..]);
            mantissa = mantissa[..exponent];
        }

        var first = mantissa.IndexOfAnyExcept((byte)'0', (byte)'.');
        if (first < 0)
        {
            IsNegative = false;
            Magnitude = 0;
            return;
        }

        var point = mantissa.IndexOf((byte)'.');
        if (point < 0)
            point = mantissa.Length;
        Magnitude += first < point ? point - first : point - first + 1;
        digits = mantissa[first..].TrimEnd("0."u8);
    }

    public bool IsNegative { get; }

    public bool IsZero => digits.IsEmpty;

    public long Magnitude { get; }

    public int DigitCount => digits.Length - (digits.Contains((byte)'.') ? 1 : 0);

    public int CompareTo(JsonNumber other)
    {
        if (IsZero || other.IsZero || IsNegative != other.IsNegative)
            return Sign.CompareTo(other.Sign);

        var size = Magnitude != other.Magnitude ? Magnitude.CompareTo(other.Magnitude) : CompareDigits(digits, other.digits);
        return IsNegative ? -size : size;
    }

    /// <summary>One text for each number, as in <c>-0.125e3</c>.</summary>
    public string ToCanonical()
    {
        if (IsZero)
            return "0";

        var text = Encoding.ASCII.GetString(digits).Replace(".", "", StringComparison.Ordinal);
        return $"{(IsNegative ? "-" : "")}0.{text}e{Magnitude}";
    }

    /// <summary>
    /// One text for each number, as people write it: <c>42</c>, <c>-1.5</c>, <c>0.001</c>; as <see cref="ToCanonical"/> has it when it would be longer than
    /// <paramref name="charsMax"/>.
    /// </summary>
    public string ToPlain(int charsMax)
    {
        var chars = (IsNegative ? 1 : 0) + (Magnitude <= 0 ? DigitCount - Magnitude + 2 : Magnitude >= DigitCount ? Magnitude : DigitCount + 1);
        if (IsZero || chars > charsMax)
            return ToCanonical();

        var text = Encoding.ASCII.GetString(digits).Replace(".", "", StringComparison.Ordinal);
        var whole = (int)Magnitude;
        return (IsNegative ? "-" : "") + (whole <= 0 ? "0." + new string('0', -whole) + text
            : whole >= text.Length ? text.PadRight(whole, '0')
            : text[..whole] + "." + text[whole..]);
    }

    private int Sign => IsZero ? 0 : IsNegative ? -1 : 1;

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int i = 0, j = 0;
        while (true)
        {
            if (i < left.Length && left[i] == '.')
                i++;
            if (j < right.Length && right[j] == '.')
                j++;
            if (i == left.Length || j == right.Length)
                return (left.Length - i).CompareTo(right.Length - j);
            if (left[i] != right[j])
                return left[i].CompareTo(right[j]);
            i++;
            j++;
        }
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        long value = 0;
        foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
            value = Math.Min(ExponentMax, (value * 10) + (digit - '0'));
        return negative ? -value : value;
    }
}
