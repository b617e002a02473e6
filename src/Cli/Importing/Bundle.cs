using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>Makes a schema out of a document stand for itself: what it refers to comes along in its <c>$defs</c>, each once, and references lead there.</summary>
internal sealed class Bundle(References references)
{
    private const string Components = "#/components/schemas/";
    private const string OpenApiDialect = "https://spec.openapis.org/oas/3.1/dialect/base";

    // Values of these are data: what looks like a reference in them is none.
    public static readonly string[] Data = ["const", "enum", "default", "example", "examples"];

    // Members of these are named by the author, and may be called like a keyword.
    public static readonly string[] Maps = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Queue<string> pending = new();

    public JsonNode Of(JsonNode schema)
    {
        foreach (var (name, _) in schema is JsonObject { } own && own["$defs"] is JsonObject known ? known : [])
            names["own " + name] = name;
        var bundled = Rewritten(schema)!;
        if (pending.Count == 0)
            return bundled;
        var root = (JsonObject)bundled;
        var defs = root["$defs"] as JsonObject ?? [];
        while (pending.TryDequeue(out var reference))
            defs[names[reference]] = Rewritten(references.Find(reference));
        root["$defs"] = defs;
        return root;
    }

    private JsonNode? Rewritten(JsonNode? node, bool isMap = false)
    {
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members)
                {
                    if (!isMap && name == "$schema" && value?.ToString() == OpenApiDialect)
                        continue;
                    copy[name] = isMap ? Rewritten(value)
                        : name == "$ref" && value is JsonValue reference ? JsonValue.Create(Local(reference.ToString()))
                        : Data.Contains(name) ? value?.DeepClone() : Rewritten(value, Maps.Contains(name));
                }
                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(i => Rewritten(i))]);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>Where a reference leads in the bundle. A path into a component leads into the component there.</summary>
    private string Local(string reference)
    {
        if (!reference.StartsWith('#'))
            references.Find(reference);
        var (whole, rest) = (reference, "");
        if (reference.StartsWith(Components, StringComparison.Ordinal) && reference.IndexOf('/', Components.Length) is > 0 and var end)
            (whole, rest) = (reference[..end], reference[end..]);
        if (!names.TryGetValue(whole, out var name))
        {
            name = whole.StartsWith(Components, StringComparison.Ordinal) ? References.Names(whole)[^1] : string.Join('.', References.Names(whole).Prepend("document"));
            // Two ways of writing one reference, or two references of one name.
            for (var n = 2; names.ContainsValue(name); n++)
                name = $"{References.Names(whole).LastOrDefault("document")}-{n}";
            names[whole] = name;
            pending.Enqueue(whole);
        }

        return "#/$defs/" + Uri.EscapeDataString(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)) + rest;
    }
}
