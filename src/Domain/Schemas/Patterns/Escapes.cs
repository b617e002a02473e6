using System.Globalization;

namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>One character, or a class of them.</summary>
/// <param name="Class">What stands for the class inside of a .NET class; null for a character.</param>
/// <param name="IsComplement">Whether the class holds all characters beyond U+FFFF.</param>
internal readonly record struct Escape(int Character, string? Class = null, bool IsComplement = false);

/// <summary>Reads a character as it is or after a backslash (ECMA-262 §22.2.1, CharacterEscape and CharacterClassEscape).</summary>
internal static class Escapes
{
    // §22.2.2.9: digits and word characters are those of ASCII, white space is Unicode's and the line ends.
    private const string Space = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NoSpace = @"\u0000-\u0008\u000e-\u001f\u0021-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff";
    private const string NoDigit = @"\u0000-\u002f\u003a-\uffff";
    private const string NoWord = @"\u0000-\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\uffff";

    public static Escape ReadInClass(string text, ref int at) => Read(text, ref at, true);

    public static Escape ReadOutside(string text, ref int at) => Read(text, ref at, false);

    private static Escape Read(string text, ref int at, bool inClass)
    {
        if (at >= text.Length) throw new PatternRefused("an end too early", at);
        if (text[at] != '\\') return new(Whole(text, ref at));
        if (++at >= text.Length) throw new PatternRefused("a backslash at the end", at);
        var letter = text[at++];
        switch (letter)
        {
            case 'd': return new(0, "0-9");
            case 'D': return new(0, NoDigit, true);
            case 'w': return new(0, "0-9A-Za-z_");
            case 'W': return new(0, NoWord, true);
            case 's': return new(0, Space);
            case 'S': return new(0, NoSpace, true);
            case 'p' or 'P': return Property(text, ref at, letter == 'P');
            case 't': return new('\t');
            case 'n': return new('\n');
            case 'v': return new('\v');
            case 'f': return new('\f');
            case 'r': return new('\r');
            case 'b' when inClass: return new('\b');
            case '0' when at == text.Length || !char.IsAsciiDigit(text[at]): return new(0);
            case 'c' when at < text.Length && char.IsAsciiLetter(text[at]): return new(text[at++] % 32);
            case 'x': return new(Hex(text, ref at, 2));
            case 'u': return new(Unicode(text, ref at));
            case >= '0' and <= '9' or 'k': throw new PatternRefused("referring to what a group matched cannot be matched without backtracking", at);
            default:
                return char.IsAsciiLetter(letter) ? throw new PatternRefused($"\\{letter}, which is no escape", at) : Back(text, ref at);
        }
    }

    private static Escape Back(string text, ref int at)
    {
        at--;
        return new(Whole(text, ref at));
    }

    private static int Whole(string text, ref int at)
    {
        if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])) return text[at++];
        at += 2;
        return char.ConvertToUtf32(text[at - 2], text[at - 1]);
    }

    private static int Unicode(string text, ref int at)
    {
        if (at < text.Length && text[at] == '{')
        {
            var end = text.IndexOf('}', at);
            if (end < 0 || !int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character) || character is < 0 or > 0x10ffff)
                throw new PatternRefused("\\u{…} that names no character", at);
            at = end + 1;
            return character;
        }
        var unit = Hex(text, ref at, 4);
        if (unit is < 0xd800 or > 0xdbff || string.CompareOrdinal(text, at, "\\u", 0, 2) != 0) return unit;
        var after = at + 2;
        var low = Hex(text, ref after, 4);
        if (low is < 0xdc00 or > 0xdfff) return unit;
        at = after;
        return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }

    private static int Hex(string text, ref int at, int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw new PatternRefused($"an escape that lacks its {digits} hexadecimal digits", at);
        at += digits;
        return value;
    }

    private static Escape Property(string text, ref int at, bool complement)
    {
        var end = at < text.Length && text[at] == '{' ? text.IndexOf('}', at) : -1;
        if (end < 0) throw new PatternRefused("\\p without {…}", at);
        var name = text[(at + 1)..end];
        var category = Categories.Of(name) ?? throw new PatternRefused($"\\p{{{name}}}, which is not a general category", at);
        at = end + 1;
        return new(0, $@"\{(complement ? 'P' : 'p')}{{{category}}}", complement);
    }
}
