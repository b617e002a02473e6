using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EventMesh.Cli.Replaying;

/// <summary>One line of the feed: an event, or how far the reading has come.</summary>
/// <param name="Position">Of the event, or what was reached.</param>
/// <param name="End">Whether nothing followed; null on the line of an event.</param>
internal readonly record struct FeedLine(JsonElement? Stored, string Position, bool? End);

/// <summary>The feed as NDJSON, line by line, each as it arrives.</summary>
internal static class FeedLines
{
    /// <exception cref="Failure">The server refused, or the connection was lost.</exception>
    public static async IAsyncEnumerable<FeedLine> Read(Client client, string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await client.OpenLines(path, cancel);
        using var lines = new StreamReader(stream, bufferSize: 64 * 1024);
        while (await Next(lines, cancel) is { } line)
        {
            var json = Parse(line);
            var position = json.GetProperty("position").GetString()!;
            yield return json.TryGetProperty("end", out var end) && !json.TryGetProperty("stream", out _) ? new(null, position, end.GetBoolean()) : new(json, position, null);
        }
    }

    public static Failure CutOff() => new(ExitCode.Unreachable, "the answer ended before its end", "Try again: what was read keeps.");

    private static async Task<string?> Next(StreamReader lines, CancellationToken cancel)
    {
        try
        {
            return await lines.ReadLineAsync(cancel);
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException)
        {
            throw new Failure(ExitCode.Unreachable, $"the connection to the server was lost: {Readable.Line(lost.Message)}", "Try again: what was read keeps.");
        }
    }

    private static JsonElement Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line, new() { MaxDepth = Answer.DepthMax });
        }
        catch (JsonException)
        {
            throw CutOff();
        }
    }
}
