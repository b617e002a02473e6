using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>
/// Finds event types in an OpenAPI document: each of its webhooks (3.1 §4.8.1; 3.0 has them as <c>x-webhooks</c>) whose POST has a JSON body is one, by the
/// webhook's name.
/// </summary>
internal static class OpenApiWebhooks
{
    /// <returns>The types in the order of the document, and what was passed over and why.</returns>
    /// <exception cref="Failure">There are none, or a part refers to what is not in the document.</exception>
    public static (IReadOnlyList<ImportedType> Types, IReadOnlyList<string> Notes) Read(JsonObject document)
    {
        var version = document["openapi"] is JsonValue text ? text.ToString() : "";
        if (!version.StartsWith("3.0", StringComparison.Ordinal) && !version.StartsWith("3.1", StringComparison.Ordinal))
            throw Failure.Usage($"OpenAPI {Readable.Line(version)} is not read here", "3.1 is, and 3.0 with x-webhooks.");
        if ((document["webhooks"] ?? document["x-webhooks"]) is not JsonObject { Count: > 0 } webhooks)
            throw Failure.Usage("the document has no webhooks", "Event types are taken from its `webhooks` (in OpenAPI 3.0: `x-webhooks`).");

        var (references, types, notes) = (new References(document), new List<ImportedType>(), new List<string>());
        foreach (var (name, webhook) in webhooks)
        {
            var path = references.Follow(webhook) as JsonObject;
            if (references.Follow(path?["post"]) is not JsonObject post)
                notes.Add($"{name} is passed over: it has no POST.");
            else if (JsonBody(references.Follow(post["requestBody"]), references) is not { } body)
                notes.Add($"{name} is passed over: its POST has no JSON body.");
            else
                types.Add(new(name, Prose(post) ?? Prose(path!), Example(body, references), Schema(body, references, version)));
        }

        return (types, notes);
    }

    private static JsonObject? JsonBody(JsonNode? body, References references) =>
        body?["content"] is not JsonObject content ? null
            : references.Follow(content["application/json"] ?? content.FirstOrDefault(c => IsJson(c.Key)).Value) as JsonObject;

    private static bool IsJson(string mediaType) => mediaType.Split(';')[0].TrimEnd() is var bare
        && (bare.Equals("application/json", StringComparison.OrdinalIgnoreCase) || bare.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static string? Prose(JsonObject described) =>
        new[] { described["description"], described["summary"] }.OfType<JsonValue>().Select(t => t.ToString().Trim()).FirstOrDefault(t => t.Length > 0);

    private static JsonNode? Example(JsonObject body, References references)
    {
        var schema = references.Follow(body["schema"]) as JsonObject;
        var named = body["examples"] is JsonObject { Count: > 0 } examples ? references.Follow(examples.First().Value)?["value"] : null;
        return (body["example"] ?? named ?? schema?["example"] ?? (schema?["examples"] as JsonArray)?.FirstOrDefault())?.DeepClone();
    }

    private static JsonNode? Schema(JsonObject body, References references, string version)
    {
        if (body["schema"] is not { } schema)
            return null;
        var bundled = new Bundle(references).Of(schema);
        if (version.StartsWith("3.0", StringComparison.Ordinal))
            OldSchema.Renew(bundled);
        return bundled;
    }
}
