using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;

namespace EventMesh.Cli.Importing;

/// <summary>Reads an OpenAPI document in JSON or YAML.</summary>
internal static class OpenApiFile
{
    private const int BytesMax = 16 * 1024 * 1024;
    private const int DepthMax = 128;

    /// <exception cref="Failure">It cannot be read, or is no OpenAPI document.</exception>
    public static async Task<JsonObject> Read(Call call, string name)
    {
        await using var file = JsonInput.Open(call, "file", name);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(call.Cancel);
        if (text.Length > BytesMax)
            throw Failure.Usage($"{name} has more than {BytesMax} characters");
        return Parse(text, name) as JsonObject is { } document && document["openapi"] is not null
            ? document
            : throw Failure.Usage($"{name} is not an OpenAPI document", "It begins with a version: `openapi: 3.1.0`.");
    }

    private static JsonNode? Parse(string text, string name)
    {
        try
        {
            // YAML has room for JSON, but only JSON's own reader keeps its numbers as they are.
            return text.TrimStart().StartsWith('{') ? JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = DepthMax }) : YamlJson.Parse(text, DepthMax);
        }
        catch (JsonException error)
        {
            throw Failure.Usage($"{name} is not JSON: {Readable.Line(error.Message)}");
        }
        catch (YamlException error)
        {
            throw Failure.Usage($"{name} is not YAML: {Readable.Line(error.Message)} (line {error.Start.Line})");
        }
    }
}
