using System.Net;
using System.Text.Json.Nodes;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance.Feed;

/// <summary>The feed as a data team reads it.</summary>
internal static class Reading
{
    /// <summary>The lines that an address of the workspace answers with.</summary>
    public static async Task<List<JsonObject>> Lines(this Workspace workspace, string path)
    {
        var answer = (await workspace.Get(path)).Is(HttpStatusCode.OK);
        Assert.Equal("application/x-ndjson", answer.ContentType);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
    }

    /// <summary>The same once there are as many events: what is committed is in the feed as soon as no earlier transaction is under way.</summary>
    public static async Task<List<JsonObject>> Lines(this Workspace workspace, string path, int events)
    {
        List<JsonObject> lines = [];
        await Eventually.True(async () => (lines = await workspace.Lines(path)).Count(IsEvent) >= events, TimeSpan.FromSeconds(30), $"{events} events in {path}");
        Assert.Equal(events, lines.Count(IsEvent));
        return lines;
    }

    public static bool IsEvent(JsonObject line) => line.ContainsKey("stream");

    public static string At(this JsonObject line, string member) => line[member]!.GetValue<string>();

    public static List<string> Ids(this IEnumerable<JsonObject> lines) => [.. lines.Where(IsEvent).Select(l => l.At("id"))];

    /// <summary>Publishes events named by numbers.</summary>
    public static async Task Publish(this Workspace workspace, int from, int count, string type = "order.created", string further = "")
    {
        for (var first = from; first < from + count; first += 100)
            (await workspace.PublishBatch($"[{string.Join(',', Enumerable.Range(first, Math.Min(100, from + count - first)).Select(n => Workspace.Event($"{n}", type, further)))}]")).Is(HttpStatusCode.Accepted);
    }

    public static Task<Answer> Put(this Workspace workspace, string path, string json) => workspace.Send(HttpMethod.Put, path, json);
}
