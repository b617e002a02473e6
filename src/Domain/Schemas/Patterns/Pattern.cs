using System.Globalization;
using System.Text.RegularExpressions;

namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>
/// A regular expression as JSON Schema writes them (ECMA-262 with the flag u), matched without backtracking: in time that grows with the text and with the
/// expression's places, whatever both are.
/// </summary>
internal sealed class Pattern
{
    private const int ShownCharsMax = 200;
    private readonly Regex regex;
    private readonly int places;
    private readonly bool isDear;

    // The engine makes a state of each set of places that it meets; where there may be very many, each character may cost a new one.
    private const int PlacesCheap = 12;

    private Pattern(string expression, Regex regex, int places, bool roams)
    {
        this.regex = regex;
        this.places = places;
        isDear = roams && places > PlacesCheap;
        Shown = expression.Length <= ShownCharsMax ? expression : expression[..ShownCharsMax] + "…";
    }

    public string Shown { get; }

    /// <exception cref="SchemaRefused">It is no regular expression, or one that needs backtracking, or too large.</exception>
    public static Pattern Compile(string expression, string pointer)
    {
        if (expression.Length > SchemaLimits.PatternCharsMax) throw new SchemaRefused(pointer, $"is a regular expression of more than {SchemaLimits.PatternCharsMax} characters");
        try
        {
            var reader = new EcmaReader(expression);
            var (translated, places) = reader.Read();
            if (places > SchemaLimits.PatternPlacesMax)
                throw new SchemaRefused(pointer, $"is a regular expression that repeats its parts to more than {SchemaLimits.PatternPlacesMax} places");
            return new(expression, new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), (int)places, reader.Roams);
        }
        catch (PatternRefused refused)
        {
            throw new SchemaRefused(pointer, string.Create(CultureInfo.InvariantCulture, $"is not a regular expression that is checked here: {refused.Message} at character {refused.At + 1}"));
        }
    }

    /// <summary>What matching costs at most.</summary>
    public int StepsFor(string text) => (int)Math.Min(int.MaxValue / 2, 1 + (long)(text.Length + 1) * (places + 1) * (isDear ? 128 : 1) / 32);

    public bool IsIn(string text) => regex.IsMatch(text);
}

/// <summary>Why an expression is refused.</summary>
/// <param name="at">The character it was read up to.</param>
internal sealed class PatternRefused(string reason, int at) : Exception(reason)
{
    public int At { get; } = at;
}
