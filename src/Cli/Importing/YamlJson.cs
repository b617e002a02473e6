using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EventMesh.Cli.Importing;

/// <summary>YAML as JSON, by the core schema of YAML 1.2 (§10.3): what is not in quotes may be null, true, false or a number.</summary>
internal static partial class YamlJson
{
    // An alias stands for all of what it names: a few lines of them can stand for more than any memory holds.
    private const int NodesMax = 200_000;

    /// <exception cref="YamlException">It is not YAML, or not such as JSON can be.</exception>
    public static JsonNode? Parse(string text, int depthMax)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var nodes = 0;
        return stream.Documents.Count == 0 ? null : Json(stream.Documents[0].RootNode, depthMax, ref nodes);
    }

    private static JsonNode? Json(YamlNode yaml, int depthLeft, ref int nodes)
    {
        if (depthLeft == 0)
            throw new YamlException(yaml.Start, yaml.End, "too many levels inside one another");
        if (++nodes > NodesMax)
            throw new YamlException(yaml.Start, yaml.End, $"more than {NodesMax} values");
        switch (yaml)
        {
            case YamlMappingNode mapping:
                var members = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    members[(key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "a key that is not text")] = Json(value, depthLeft - 1, ref nodes);
                return members;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence.Children)
                    items.Add(Json(item, depthLeft - 1, ref nodes));
                return items;
            case YamlScalarNode { Style: ScalarStyle.Plain } plain:
                return Plain(plain.Value ?? "");
            case YamlScalarNode quoted:
                return JsonValue.Create(quoted.Value ?? "");
            default:
                throw new YamlException(yaml.Start, yaml.End, "neither a mapping, a list nor a value");
        }
    }

    private static JsonNode? Plain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return JsonValue.Create(text[0] is 't' or 'T');
        if (JsonNumber().IsMatch(text))
            return JsonNode.Parse(text);
        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            return JsonValue.Create(hex);
        // Numbers that JSON writes otherwise: +1, 007, .5, 1.
        return OtherNumber().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);
    }

    [GeneratedRegex("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$", RegexOptions.None, 1000)]
    private static partial Regex JsonNumber();

    [GeneratedRegex("^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.None, 1000)]
    private static partial Regex OtherNumber();
}
