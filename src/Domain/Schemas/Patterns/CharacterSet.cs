using System.Globalization;
using System.Text;

namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>
/// A set of characters, written as an expression over UTF-16: those up to U+FFFF as a class, those beyond as pairs. Halves of pairs are never characters,
/// so that a class that leaves something out still takes whole pairs.
/// </summary>
internal sealed class CharacterSet
{
    private const string AnyPair = @"[\ud800-\udbff][\udc00-\udfff]";

    private readonly StringBuilder units = new();
    private readonly List<string> pairs = [];
    private bool holdsPairs;

    public static CharacterSet AnyButLineEnds { get; } = new CharacterSet { IsNegated = true }.Add('\n', '\n').Add('\r', '\r').Add(0x2028, 0x2029);

    public bool IsNegated { get; set; }

    /// <summary>Whether a negated set can be written: without single characters beyond U+FFFF.</summary>
    public bool CanBeWritten => !IsNegated || pairs.Count == 0;

    public CharacterSet Add(int from, int to)
    {
        if (from <= 0xffff) units.Append(CultureInfo.InvariantCulture, $@"\u{from:x4}-\u{Math.Min(to, 0xffff):x4}");
        if (to > 0xffff) AddPairs(Math.Max(from, 0x10000), to);
        return this;
    }

    public CharacterSet Add(Escape escape)
    {
        if (escape.Class is null) return Add(escape.Character, escape.Character);
        units.Append(escape.Class);
        // The complement of a set of characters up to U+FFFF holds all beyond.
        holdsPairs |= escape.IsComplement;
        return this;
    }

    public string ToExpression()
    {
        if (IsNegated) return units.Length == 0 ? $@"[^\ud800-\udfff]|{AnyPair}" : $@"[^{units}\ud800-\udfff]{(holdsPairs ? "" : "|" + AnyPair)}";
        if (holdsPairs) return $@"[{units}-[\ud800-\udfff]]|{AnyPair}";
        // An empty class matches nothing.
        var parts = units.Length > 0 ? pairs.Prepend($"[{units}]") : pairs;
        return pairs.Count + units.Length == 0 ? @"[^\u0000-\uffff]" : string.Join('|', parts);
    }

    // Pairs share their first half over 1,024 characters.
    private void AddPairs(int from, int to)
    {
        var (firstHigh, firstLow) = Halves(from);
        var (lastHigh, lastLow) = Halves(to);
        if (firstHigh == lastHigh)
        {
            pairs.Add(Pair(firstHigh, firstHigh, firstLow, lastLow));
            return;
        }
        pairs.Add(Pair(firstHigh, firstHigh, firstLow, 0xdfff));
        if (lastHigh - firstHigh > 1) pairs.Add(Pair(firstHigh + 1, lastHigh - 1, 0xdc00, 0xdfff));
        pairs.Add(Pair(lastHigh, lastHigh, 0xdc00, lastLow));
    }

    private static (int High, int Low) Halves(int character) => (0xd800 + ((character - 0x10000) >> 10), 0xdc00 + ((character - 0x10000) & 0x3ff));

    private static string Pair(int highFrom, int highTo, int lowFrom, int lowTo) =>
        string.Create(CultureInfo.InvariantCulture, $@"[\u{highFrom:x4}-\u{highTo:x4}][\u{lowFrom:x4}-\u{lowTo:x4}]");
}
