using System.Globalization;
using System.Text;

namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>
/// Reads a regular expression of ECMA-262 §22.2.1 (flag u) and writes it for .NET: a digit is 0-9, a character beyond U+FFFF is one character, $ is the
/// very end. What a matcher without backtracking cannot do is refused: looking around, and referring to what a group matched.
/// </summary>
internal sealed class EcmaReader(string text)
{
    private const int GroupsDeepMax = 32;
    private const long PlacesCounted = 1_000_000;

    private readonly StringBuilder written = new();
    private int at, deep;

    /// <summary>Whether it may be in very many places at once while it reads a text: it repeats without end, or looks for its beginning anywhere.</summary>
    public bool Roams { get; private set; } = !text.StartsWith('^') || text.Contains('|');

    /// <returns>The expression for .NET, and how many places it has.</returns>
    /// <exception cref="PatternRefused">It cannot be read, or not be matched without backtracking.</exception>
    public (string Expression, long Places) Read()
    {
        var places = Alternatives();
        return at == text.Length ? (written.ToString(), places) : throw Refuse("a ) that closes nothing");
    }

    private long Alternatives()
    {
        var places = Terms();
        while (Take('|'))
        {
            written.Append('|');
            places += 1 + Terms();
        }
        return places;
    }

    private long Terms()
    {
        long places = 0;
        while (at < text.Length && text[at] is not ('|' or ')')) places = Math.Min(PlacesCounted, places + Term());
        return places;
    }

    private long Term()
    {
        if (Take('^')) return Write("^", 0);
        if (Take('$')) return Write(@"\z", 0);
        if (Take("\\b")) return Write(@"\b", 0);
        if (Take("\\B")) return Write(@"\B", 0);
        // Written as a group, so that what follows repeats the whole of it.
        written.Append("(?:");
        var places = Atom();
        written.Append(')');
        return Quantified(places);
    }

    private long Atom()
    {
        if (Take('(')) return Group();
        if (Take('[')) return Write(new ClassReader(text, at).Read(out at), 1);
        if (Take('.')) return Write(CharacterSet.AnyButLineEnds.ToExpression(), 1);
        if (text[at] is '*' or '+' or '?') throw Refuse("a quantifier that follows nothing");
        return Write(new CharacterSet().Add(Escapes.ReadOutside(text, ref at)).ToExpression(), 1);
    }

    private long Group()
    {
        if (Take("?:")) { }
        else if (Take("?=") || Take("?!") || Take("?<=") || Take("?<!")) throw Refuse("looking ahead or behind cannot be matched without backtracking");
        else if (Take("?<"))
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$')) at++;
            if (!Take('>')) throw Refuse("a group's name that does not end");
        }
        else if (Take('?')) throw Refuse("a kind of group that there is not");
        if (++deep > GroupsDeepMax) throw Refuse($"more than {GroupsDeepMax} groups inside one another");
        written.Append("(?:");
        var places = Alternatives();
        written.Append(')');
        deep--;
        return Take(')') ? places : throw Refuse("a group that does not end");
    }

    private long Quantified(long places)
    {
        var (min, max) = (1, (int?)1);
        if (Take('*')) (min, max) = (0, null);
        else if (Take('+')) (min, max) = (1, null);
        else if (Take('?')) (min, max) = (0, 1);
        else if (!TakeCounts(out min, out max)) return places;
        // Whether a match is greedy does not change whether there is one.
        Take('?');
        if (at < text.Length && (text[at] is '*' or '+' or '?')) throw Refuse("a quantifier that follows another");
        Roams |= max is null;
        var times = Math.Max(max ?? min + 1, 1);
        places = Math.Max(places, 1);
        if (places * times > SchemaLimits.PatternPlacesMax) throw Refuse($"repeating to more than {SchemaLimits.PatternPlacesMax} places");
        written.Append(CultureInfo.InvariantCulture, $"{{{min},{max}}}");
        return places * times;
    }

    private bool TakeCounts(out int min, out int? max)
    {
        (min, max) = (1, 1);
        var end = at < text.Length && text[at] == '{' ? text.IndexOf('}', at) : -1;
        if (end < 0) return false;
        var parts = text[(at + 1)..end].Split(',');
        // Braces that are no quantifier are themselves, as in Annex B.
        if (parts.Length > 2 || !Count(parts[0], out min)) return false;
        max = parts is [_] ? min : null;
        if (parts is [_, not ""])
        {
            if (!Count(parts[1], out var most)) return false;
            max = most;
        }
        if (max < min) throw Refuse("a quantifier whose limits are out of order");
        at = end + 1;
        return true;
    }

    // What is larger than any limit need not be exact.
    private static bool Count(string digits, out int count)
    {
        count = 0;
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit)) return false;
        foreach (var digit in digits) count = Math.Min(1_000_000, count * 10 + (digit - '0'));
        return true;
    }

    private long Write(string expression, long places)
    {
        written.Append(expression);
        return places;
    }

    private bool Take(char expected)
    {
        if (at >= text.Length || text[at] != expected) return false;
        at++;
        return true;
    }

    private bool Take(string expected)
    {
        if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0) return false;
        at += expected.Length;
        return true;
    }

    private PatternRefused Refuse(string reason) => new(reason, at);
}
