using System.Reflection;
using System.Text.Json;
using EventMesh.Domain.Schemas.Evaluating;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>The documents that a schema may refer to, by their URI. There is no other way out of a schema: nothing is ever fetched.</summary>
internal sealed class Documents(IReadOnlyDictionary<string, JsonElement> beside)
{
    public const string Draft = "https://json-schema.org/draft/2020-12/schema";

    private static readonly IReadOnlyDictionary<string, JsonElement> Standard = Embedded();

    public static readonly Documents Metaschemas = new(new Dictionary<string, JsonElement>());

    // Reading a schema asks for the metaschema, whose own reading must not.
    private static readonly Lazy<Node> Meta = new(() => new SchemaReader(Metaschemas, Draft, Standard[Draft]).Root);

    /// <summary>What every schema of the draft has to fit.</summary>
    public static JsonSchema Metaschema => JsonSchema.Of(Meta.Value);

    /// <param name="uri">Without fragment.</param>
    public JsonElement? Find(string uri) =>
        Standard.TryGetValue(uri, out var known) || beside.TryGetValue(uri, out known) ? known : null;

    private static Dictionary<string, JsonElement> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var documents = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("metaschema/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var document = JsonDocument.Parse(stream);
            documents[document.RootElement.GetProperty("$id").GetString()!] = document.RootElement.Clone();
        }
        return documents;
    }
}
