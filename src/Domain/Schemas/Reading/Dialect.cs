using System.Text.Json;

namespace EventMesh.Domain.Schemas.Reading;

/// <summary>Which vocabularies a schema is written in (JSON Schema core §8.1.2): a keyword of another one is an annotation.</summary>
internal sealed record Dialect(bool Applicator, bool Unevaluated, bool Validation)
{
    private const string Vocabulary = "https://json-schema.org/draft/2020-12/vocab/";

    // Those that only annotate are known and ask for nothing.
    private static readonly string[] Annotating = ["core", "meta-data", "format-annotation", "content"];

    public static readonly Dialect Draft2020 = new(true, true, true);

    /// <summary>The dialect that a <c>$schema</c> names.</summary>
    /// <param name="at">Where it stands, for the refusal.</param>
    /// <exception cref="SchemaRefused">It is another draft, or asks for a vocabulary that is not known here.</exception>
    public static Dialect Of(string uri, Documents documents, string at)
    {
        uri = uri.TrimEnd('#');
        if (uri == Documents.Draft) return Draft2020;
        if (documents.Find(uri) is not { ValueKind: JsonValueKind.Object } metaschema) throw new SchemaRefused(at + "/$schema", $"must be {Documents.Draft}: no other draft is checked here");
        if (!metaschema.TryGetProperty("$vocabulary", out var vocabulary)) return Draft2020;
        foreach (var wanted in vocabulary.EnumerateObject())
            if (wanted.Value.ValueKind == JsonValueKind.True && !IsKnown(wanted.Name)) throw new SchemaRefused(at + "/$schema", $"asks for the vocabulary {wanted.Name}, which is not known here");
        return new(Has("applicator"), Has("unevaluated"), Has("validation"));

        bool Has(string name) => vocabulary.TryGetProperty(Vocabulary + name, out _);
    }

    private static bool IsKnown(string uri) =>
        uri.StartsWith(Vocabulary, StringComparison.Ordinal) && (uri[Vocabulary.Length..] is "applicator" or "unevaluated" or "validation" || Annotating.Contains(uri[Vocabulary.Length..]));
}
