using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventMesh.Api.Features.Audit.Sentences;

/// <summary>
/// What happened, in one plain English sentence made of an event's data. <c>{a.b}</c> is a member of it, <c>{actor}</c> who did it, <c>{stream}</c> the thing it happened to;
/// <c>{n|time|times}</c> is a number with the word that goes with it. What stands in square brackets is left out where one of its members is missing.
/// </summary>
public static class Sentence
{
    private const int ValueCharsMax = 200;

    public static string Of(string template, string actor, string stream, JsonElement data)
    {
        var sentence = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == '[')
            {
                var end = template.IndexOf(']', i);
                if (Filled(template.AsSpan()[(i + 1)..end], actor, stream, data) is { } part) sentence.Append(part);
                i = end;
                continue;
            }
            var next = template.IndexOf('[', i);
            var plain = template.AsSpan()[i..(next < 0 ? template.Length : next)];
            sentence.Append(Filled(plain, actor, stream, data, "something"));
            i += plain.Length - 1;
        }
        return sentence.ToString();
    }

    /// <param name="otherwise">What stands for a missing member; null: the whole is left out.</param>
    private static string? Filled(ReadOnlySpan<char> template, string actor, string stream, JsonElement data, string? otherwise = null)
    {
        var text = new StringBuilder();
        while (template.IndexOf('{') is var open and >= 0)
        {
            text.Append(template[..open]);
            var close = template.IndexOf('}');
            if ((Value(template[(open + 1)..close].ToString(), actor, stream, data) ?? otherwise) is not { } value) return null;
            text.Append(value);
            template = template[(close + 1)..];
        }
        return text.Append(template).ToString();
    }

    private static string? Value(string asked, string actor, string stream, JsonElement data)
    {
        if (asked == "actor") return actor;
        if (asked == "stream") return stream;
        var words = asked.Split('|');
        var value = (JsonElement?)data;
        foreach (var name in words[0].Split('.'))
            value = value is { ValueKind: JsonValueKind.Object } of && of.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
        if (value is not { } found) return null;
        return words.Length == 3 ? $"{Shown(found)} {(found.ValueKind == JsonValueKind.Number && found.GetDouble() == 1 ? words[1] : words[2])}" : Shown(found);
    }

    private static string? Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Cut(value.GetString()!),
        JsonValueKind.Array when value.GetArrayLength() == 0 => "none",
        JsonValueKind.Array => Cut(string.Join(", ", value.EnumerateArray().Select(Shown))),
        JsonValueKind.Object => value.EnumerateObject().Count().ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };

    private static string Cut(string text) => text.Length <= ValueCharsMax ? text : text[..ValueCharsMax] + "…";
}
