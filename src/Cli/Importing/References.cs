using System.Globalization;
using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>What the references of a document lead to. Nothing outside of the document is read.</summary>
internal sealed class References(JsonObject document)
{
    private const int ChainMax = 32;

    /// <summary>The node itself, or what it refers to in the place of itself.</summary>
    public JsonNode? Follow(JsonNode? node)
    {
        for (var i = 0; i < ChainMax; i++)
        {
            if (node is not JsonObject { } holder || holder["$ref"] is not JsonValue reference)
                return node;
            node = Find(reference.ToString());
        }

        throw Failure.Usage("references lead to one another in a circle");
    }

    /// <exception cref="Failure">It leads out of the document, or nowhere.</exception>
    public JsonNode Find(string reference)
    {
        if (reference != "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
            throw Failure.Usage($"`{Readable.Line(reference, 200)}` refers to something outside of the document", "Bundle the document into one file first, for example with `redocly bundle`.");
        JsonNode? node = document;
        foreach (var name in Names(reference))
        {
            node = node switch
            {
                JsonObject members => members[name],
                JsonArray items when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < items.Count => items[at],
                _ => null,
            };
        }

        return node ?? throw Failure.Usage($"`{Readable.Line(reference, 200)}` refers to something that is not in the document");
    }

    /// <summary>The names of a JSON pointer in a fragment (RFC 6901 §6).</summary>
    public static string[] Names(string reference) => reference.Length <= 2 ? [] :
        [.. reference[2..].Split('/').Select(n => Uri.UnescapeDataString(n).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
}
