using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>What the server answered, kept as it was written so that <c>--json</c> can pass it on untouched.</summary>
/// <exception cref="JsonException">The body is not JSON.</exception>
/// <param name="At">When it did so by its own clock, to the second; null when it did not say.</param>
internal sealed record Answer(int Status, string Body, DateTimeOffset? At = null)
{
    /// <summary>Objects and lists inside one another: a schema of full depth, with what is around it.</summary>
    public const int DepthMax = 128;

    /// <summary>The body read; undefined when there is none.</summary>
    public JsonElement Json { get; } = Body.Length == 0 ? default : JsonElement.Parse(Body, new() { MaxDepth = DepthMax });

    /// <summary>The text at a path such as <c>config.url</c>, fit for a terminal; empty when it is not there.</summary>
    public string Text(string path) => Readable.At(Json, path);

    /// <summary>The members of a list in it; none when it is not there.</summary>
    public JsonElement[] Each(string path) => Readable.Find(Json, path) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
}
