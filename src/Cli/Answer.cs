using System.Text.Json;

namespace EventMesh.Cli;

/// <summary>What the server answered, kept as it was written so that <c>--json</c> can pass it on untouched.</summary>
internal sealed record Answer(int Status, string Body)
{
    private readonly Lazy<JsonElement> json = new(() => Body.Length == 0 ? default : JsonElement.Parse(Body));

    public JsonElement Json => json.Value;

    /// <summary>The text at a path such as <c>config.url</c>, fit for a terminal; empty when it is not there.</summary>
    public string Text(string path) => Readable.At(Json, path);
}
