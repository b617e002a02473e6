using System.Text.Json;
using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.Reading;

namespace EventMesh.Domain.Schemas;

/// <summary>
/// A JSON Schema (draft 2020-12, core and validation), compiled once; immutable; safe to share between threads. Nothing outside of the schema is ever
/// looked up: a <c>$ref</c> leads into the same document or to the metaschemas of 2020-12. <c>format</c> and <c>content…</c> are annotations and refuse nothing,
/// which is the standard's default. What checking may cost is bounded by <see cref="SchemaLimits"/>.
/// </summary>
public sealed class JsonSchema
{
    private readonly Node root;

    private JsonSchema(Node root, string json)
    {
        this.root = root;
        Json = json;
    }

    /// <summary>The schema as it was written, without white space.</summary>
    public string Json { get; }

    /// <summary>Compiles a schema that somebody wrote: it is held to the limits and to the metaschema. The JSON's document may be disposed afterwards.</summary>
    /// <exception cref="SchemaRefused">It is not a schema, or not one that is checked here.</exception>
    public static JsonSchema Parse(JsonElement json)
    {
        var bounded = Shape.Check(json);
        return new(SchemaReader.Read(json, bounded.Instance, Documents.Metaschemas), bounded.Text);
    }

    /// <summary>Compiles a schema that was accepted before.</summary>
    /// <exception cref="SchemaRefused">It would not be accepted today.</exception>
    public static JsonSchema Parse(string json)
    {
        using var document = JsonDocument.Parse(json, Shape.Reading);
        return Parse(document.RootElement);
    }

    /// <summary>Compiles a schema beside documents that it may refer to, by their URI.</summary>
    internal static JsonSchema Parse(JsonElement json, IReadOnlyDictionary<string, JsonElement> beside) =>
        new(SchemaReader.Read(json, Shape.Check(json).Instance, new Documents(beside)), json.GetRawText());

    /// <summary>Checks data against the schema.</summary>
    /// <returns>What does not fit, at most <see cref="SchemaLimits.FaultsMax"/>; empty when all fits.</returns>
    public IReadOnlyList<SchemaFault> Check(JsonElement data)
    {
        var read = new InstanceReader();
        var instance = read.Read(data);
        return read.Wrong is { } wrong ? [wrong] : Check(instance, SchemaLimits.StepsMax);
    }

    internal IReadOnlyList<SchemaFault> Check(Instance instance, int stepsMax) => Evaluation.Of(root, instance, stepsMax);

    internal static JsonSchema Of(Node root) => new(root, "");
}

/// <summary>Where data does not fit a schema.</summary>
/// <param name="Path">A JSON pointer (RFC 6901) into the data; empty for the data as a whole.</param>
/// <param name="Reason">The end of a sentence that begins with the path.</param>
/// <param name="Keyword">The schema's keyword that is not kept; <c>limit</c> when checking was given up.</param>
public readonly record struct SchemaFault(string Path, string Reason, string Keyword);
