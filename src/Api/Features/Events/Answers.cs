using System.Text;
using System.Text.Json;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.Events;

/// <summary>The answers to a publish, written by hand: they are most of what this API ever says.</summary>
internal static class Answers
{
    /// <summary>The shape, for the description of the API: of one event its id and position, of a batch the list of them.</summary>
    public sealed record Accepted(string? Id, string? Position, bool? Duplicate, IReadOnlyList<Accepted>? Events);

    public static ValueTask<System.IO.Pipelines.FlushResult> One(HttpResponse response, Published published)
    {
        // Ids and positions are plain ASCII. A duplicate gets the first answer, to the byte; that it is one, the status says.
        var body = $"{{\"id\":\"{published.Id}\",\"position\":\"{published.Position}\"}}";
        response.StatusCode = published.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        Encoding.ASCII.GetBytes(body, response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
        return response.BodyWriter.FlushAsync();
    }

    public static async Task Batch(HttpResponse response, IReadOnlyList<Published> published)
    {
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(response.BodyWriter, EdgeJson.Writing);
        json.WriteStartObject();
        json.WriteStartArray("events"u8);
        foreach (var one in published)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, one.Id);
            json.WriteString("position"u8, one.Position.ToString());
            if (one.Duplicate) json.WriteBoolean("duplicate"u8, true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
