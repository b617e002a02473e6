using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventMesh.Cli;

/// <summary>JSON given on the command line as itself, as <c>@file</c>, or as <c>-</c> for standard input.</summary>
internal static class JsonInput
{
    /// <param name="option">The option's name, for the message.</param>
    /// <exception cref="Failure">The file cannot be read, or what it holds is not JSON.</exception>
    public static async Task<JsonNode?> Read(Call call, string option, string given)
    {
        var text = await Text(call, option, given);
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            throw Failure.Usage(
                $"{option} is not JSON: {Readable.Line(error.Message)}",
                """Put it in single quotes: '{"total":120}'. A string needs its own double quotes: '"text"'.""");
        }
    }

    public static async Task<JsonObject> ReadObject(Call call, string option, string given) =>
        await Read(call, option, given) as JsonObject ?? throw Failure.Usage($"{option} is a JSON object", """Such as '{"data":{"total":{"$gte":100}}}'.""");

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    public static Stream Open(Call call, string option, string file)
    {
        if (file == "-")
            return call.Terminal.In();
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure.Usage($"{option}: {error.Message}");
        }
    }

    /// <summary>The text itself, or what <c>@file</c> or standard input holds.</summary>
    public static async Task<string> Text(Call call, string option, string given)
    {
        if (given != "-" && !given.StartsWith('@'))
            return given;
        await using var stream = Open(call, option, given.TrimStart('@'));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(call.Cancel);
    }
}
