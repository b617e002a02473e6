using System.Globalization;
using EventMesh.Domain.Mappings.Applying;

namespace EventMesh.Domain.Mappings.Reading;

/// <summary>
/// Reads <c>$.data.items[0].sku</c>, <c>$.data['odd name']</c>, <c>$.data.items[*].sku</c>, <c>$</c>, and the same with <c>@</c>: the part of JSONPath
/// (RFC 9535) that leads to one value, or to one list.
/// </summary>
internal ref struct PathReader(string text, Place place, bool inEach)
{
    private int at = 1;

    /// <exception cref="MappingRefused">It is not a path, or one that leads nowhere.</exception>
    public EventPath Read()
    {
        var ofItem = text[0] == '@';
        if (ofItem && !inEach) throw place.Refuse($"@ is the item of an $each, and belongs into its as. Write @{text} for the text {text}.");
        if (text.Length > 1 && text[1] is not ('.' or '[')) throw place.Refuse($"A path goes on with . or [, as in {text[0]}.data. Write {text[0]}{Shown} for the text {Shown}.");

        var steps = new List<PathStep>();
        while (at < text.Length)
        {
            if (steps.Count == MappingLimits.PathStepsMax) throw place.Refuse($"A path has at most {MappingLimits.PathStepsMax} steps.");
            steps.Add(text[at] switch
            {
                '.' => Dotted(),
                '[' => Bracketed(),
                _ => throw place.Refuse($"{Shown} is not a path: . or [ is missing at character {at + 1}."),
            });
        }
        if (!ofItem && steps.Count > 0) CheckAttribute(steps[0]);
        return new(ofItem, [.. steps]);
    }

    private readonly string Shown => text.Length <= 64 ? text : text[..64] + "…";

    private PathStep Dotted()
    {
        var end = text.AsSpan(at + 1).IndexOfAny('.', '[');
        var name = end < 0 ? text[(at + 1)..] : text.Substring(at + 1, end);
        if (name.Length == 0) throw place.Refuse($"{Shown} is not a path: a name is missing after the dot at character {at + 1}.");
        if (name.AsSpan().ContainsAny("*'\"]? \t")) throw place.Refuse($"{Shown}: a name like this stands in brackets and quotes, as in ['{name}']; all of a list is [*].");
        at += 1 + name.Length;
        return new(name, null);
    }

    private PathStep Bracketed()
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("[*]"))
        {
            at += 3;
            return default;
        }
        if (rest.Length > 1 && rest[1] is '\'' or '"') return Quoted(rest[1]);
        var close = rest.IndexOf(']');
        if (close > 1 && int.TryParse(rest[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            at += close + 1;
            return new(null, index);
        }
        throw place.Refuse($"{Shown}: in brackets stands a place from 0, * or a quoted name, as in [0], [*], ['odd name'].");
    }

    // A quote inside is written twice.
    private PathStep Quoted(char quote)
    {
        var name = new System.Text.StringBuilder();
        for (at += 2; at < text.Length; at++)
        {
            if (text[at] != quote) name.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote) name.Append(text[at++]);
            else if (at + 1 < text.Length && text[at + 1] == ']')
            {
                at += 2;
                return new(name.ToString(), null);
            }
            else break;
        }
        throw place.Refuse($"{Shown}: a quoted name ends with {quote}]; a quote inside is written twice.");
    }

    // CloudEvents 1.0 §3: attributes have lower-case letters and digits.
    private readonly void CheckAttribute(PathStep first)
    {
        if (first.Name is not { } name) throw place.Refuse("An event is not a list; begin with an attribute, as in $.data or $.type.");
        if (name != "data_base64" && name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
            throw place.Refuse($"An event has no attribute {name}; its own values are below $.data, as in $.data.{name}.");
    }
}
