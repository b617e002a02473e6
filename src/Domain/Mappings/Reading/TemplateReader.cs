using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventMesh.Domain.Mappings.Applying;

namespace EventMesh.Domain.Mappings.Reading;

/// <summary>Makes a tree of nodes from a template's JSON, and refuses what cannot be right.</summary>
internal sealed class TemplateReader
{
    private static readonly string[] PathMembers = ["$path", "default"], EachMembers = ["$each", "as", "default"];

    private int nodes;

    /// <exception cref="MappingRefused">The template cannot be right.</exception>
    public Node Read(JsonElement json)
    {
        var isPath = json.ValueKind == JsonValueKind.String && Text(json, Place.Root) is ['$', ..] text && !text.StartsWith("$$", StringComparison.Ordinal);
        if (json.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && !isPath)
            throw Place.Root.Refuse("A mapping is an object, a list, or a path such as $.data.");
        return Read(json, Place.Root, inEach: false);
    }

    private Node Read(JsonElement json, Place place, bool inEach)
    {
        if (++nodes > MappingLimits.NodesMax) throw place.Refuse($"A mapping has at most {MappingLimits.NodesMax} values.");
        if (json.ValueKind is JsonValueKind.Object or JsonValueKind.Array && place.Depth > MappingLimits.DepthMax)
            throw place.Refuse($"Objects and lists lie at most {MappingLimits.DepthMax} deep.");
        return json.ValueKind switch
        {
            JsonValueKind.Object => ReadObject(json, place, inEach),
            JsonValueKind.Array => new Items(place.Full, [.. json.EnumerateArray().Select((item, i) => Read(item, place.At(i), inEach))]),
            JsonValueKind.String => ReadText(Text(json, place), place, inEach),
            _ => new Constant(place.Full, JsonMarshal.GetRawUtf8Value(json).ToArray()),
        };
    }

    private static Node ReadText(string text, Place place, bool inEach)
    {
        if (text is not ['$' or '@', ..]) return Literal(text, place);
        return text.Length > 1 && text[1] == text[0] ? Literal(text[1..], place) : new Found(place.Full, new PathReader(text, place, inEach).Read(), null);
    }

    private static Constant Literal(string text, Place place) =>
        new(place.Full, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""));

    private Node ReadObject(JsonElement json, Place place, bool inEach)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<(JsonEncodedText, Node)>();
        var isOperator = json.EnumerateObject().Any(member => Name(member, place) is "$path" or "$each");
        foreach (var member in json.EnumerateObject())
        {
            var name = Name(member, place);
            if (!names.Add(name)) throw place.Into(name).Refuse("is there twice.");
            if (isOperator) continue;
            if (name.StartsWith('$') && !name.StartsWith("$$", StringComparison.Ordinal))
                throw place.Into(name).Refuse($"There is no {name}; there are $path and $each. Write ${name} for a member named {name}.");
            var written = name.StartsWith("$$", StringComparison.Ordinal) ? name[1..] : name;
            members.Add((JsonEncodedText.Encode(written, JavaScriptEncoder.UnsafeRelaxedJsonEscaping), Read(member.Value, place.Into(name), inEach)));
        }
        if (!isOperator) return new Members(place.Full, [.. members]);
        return names.Contains("$each") ? ReadEach(json, names, place, inEach) : ReadPath(json, names, place, inEach);
    }

    private Found ReadPath(JsonElement json, HashSet<string> names, Place place, bool inEach)
    {
        Only(PathMembers, names, place);
        return new(place.Full, PathIn(json.GetProperty("$path"), place.Into("$path"), inEach), Default(json, place, inEach));
    }

    private Each ReadEach(JsonElement json, HashSet<string> names, Place place, bool inEach)
    {
        Only(EachMembers, names, place);
        if (!json.TryGetProperty("as", out var template)) throw place.Refuse("$each needs as: what is made of each item, as in {\"$each\":\"$.data.items\",\"as\":{\"sku\":\"@.sku\"}}.");
        return new(place.Full, PathIn(json.GetProperty("$each"), place.Into("$each"), inEach), Read(template, place.Into("as"), inEach: true), Default(json, place, inEach));
    }

    private Node? Default(JsonElement json, Place place, bool inEach) => json.TryGetProperty("default", out var otherwise) ? Read(otherwise, place.Into("default"), inEach) : null;

    private static EventPath PathIn(JsonElement json, Place place, bool inEach) =>
        json.ValueKind == JsonValueKind.String && Text(json, place) is ['$' or '@', ..] text && !(text.Length > 1 && text[1] == text[0])
            ? new PathReader(text, place, inEach).Read()
            : throw place.Refuse("Here stands a path, as in $.data.name.");

    private static void Only(string[] known, HashSet<string> names, Place place)
    {
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } other)
            throw place.Into(other).Refuse($"Beside {known[0]} there may be {string.Join(" and ", known[1..])} only.");
    }

    private static string Text(JsonElement json, Place place) => Whole(() => json.GetString()!, place);

    private static string Name(JsonProperty member, Place place) => Whole(() => member.Name, place);

    private static string Whole(Func<string> read, Place place)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escaped half of a surrogate pair.
            throw place.Refuse("A string has an unpaired surrogate.");
        }
    }
}
