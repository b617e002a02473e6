using System.Globalization;
using System.Numerics;
using System.Text;

namespace EventMesh.Domain.Schemas.Instances;

/// <summary>
/// A JSON number (RFC 8259 §6) as exact as it is written: <c>Digits × 10^Exponent</c>, the digits without leading and trailing zeros. 1, 1.0 and 10e-1 are
/// equal; 9007199254740993 and 9007199254740992 are not.
/// </summary>
/// <param name="Digits">Empty for zero.</param>
internal readonly record struct ExactNumber(bool IsNegative, string Digits, long Exponent) : IComparable<ExactNumber>
{
    // Exponents beyond this are all the same distance away; it only has to exceed what any text of ours can hold in digits.
    private const long ExponentMax = 1_000_000_000_000;

    public bool IsInteger => Exponent >= 0;

    public bool IsZero => Digits.Length == 0;

    public static ExactNumber Parse(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.ASCII.GetString(utf8);
        var negative = text[0] == '-';
        var power = text.IndexOfAny(['e', 'E']);
        var mantissa = text[(negative ? 1 : 0)..(power < 0 ? text.Length : power)];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var all = (point < 0 ? mantissa : mantissa.Remove(point, 1)).TrimStart('0');
        var digits = all.TrimEnd('0');
        return digits.Length == 0 ? new(false, "", 0) : new(negative, digits, (power < 0 ? 0 : Power(text.AsSpan(power + 1))) - fraction + (all.Length - digits.Length));
    }

    public int CompareTo(ExactNumber other)
    {
        if (IsZero || other.IsZero || IsNegative != other.IsNegative) return Sign.CompareTo(other.Sign);
        var (mine, its) = (Digits.Length + Exponent, other.Digits.Length + other.Exponent);
        var size = mine != its ? mine.CompareTo(its) : string.CompareOrdinal(Digits, other.Digits);
        return IsNegative ? -size : size;
    }

    /// <summary>Whether this is <paramref name="unit"/> times an integer. A power of ten of any size costs a few multiplications.</summary>
    public bool IsMultipleOf(ExactNumber unit)
    {
        if (IsZero) return true;
        var (value, divisor) = (Whole(Digits), Whole(unit.Digits));
        if (Exponent >= unit.Exponent) return (value * BigInteger.ModPow(10, Exponent - unit.Exponent, divisor) % divisor).IsZero;
        // The value has no trailing zero, so a divisor with more of them than the value has digits is larger than it.
        var zeros = unit.Exponent - Exponent;
        return zeros < Digits.Length && (value % (divisor * BigInteger.Pow(10, (int)zeros))).IsZero;
    }

    /// <summary>A number of things; more than can be counted is as many as can be.</summary>
    public long Count => Digits.Length + Exponent > 18 ? long.MaxValue : IsZero ? 0 : long.Parse(Digits, CultureInfo.InvariantCulture) * (long)BigInteger.Pow(10, (int)Exponent);

    public override string ToString() => IsZero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(IsNegative ? "-" : "")}{Written()}");

    private string Written() => Exponent switch
    {
        >= 0 and <= 20 => Digits + new string('0', (int)Exponent),
        < 0 when -Exponent < Digits.Length => Digits.Insert(Digits.Length + (int)Exponent, "."),
        < 0 and > -20 => "0." + new string('0', (int)-Exponent - Digits.Length) + Digits,
        _ => string.Create(CultureInfo.InvariantCulture, $"{Digits}e{Exponent}"),
    };

    private int Sign => IsZero ? 0 : IsNegative ? -1 : 1;

    private static BigInteger Whole(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long Power(ReadOnlySpan<char> text)
    {
        var negative = text[0] == '-';
        long value = 0;
        foreach (var digit in text[0] is '-' or '+' ? text[1..] : text) value = Math.Min(ExponentMax, value * 10 + (digit - '0'));
        return negative ? -value : value;
    }
}
