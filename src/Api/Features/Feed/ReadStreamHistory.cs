using EventMesh.Api.Description;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>The raw history of one stream, oldest first, a page at a time.</summary>
public static class ReadStreamHistory
{
    private const int StreamCharsMax = 128;
    private const string Missing = "There is no such stream.";

    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/streams/{stream}", Handle).Needs(Permission.ReadHistory)
        .WithPages().WithName("readStream").WithSummary("Read the raw history of one stream").Produces<Listed<FeedLineShape>>().WithTags("History");

    private static async Task Handle(string stream, Page page, Call call, Store store, HttpContext context)
    {
        if (stream.Length > StreamCharsMax) throw ProblemAnswer.Missing(Missing);
        call.Subject = stream;
        var after = page.After is null ? 0
            : long.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : throw Problem.InvalidRequest.At("cursor", "is not one that this list gave as next");
        var events = await store.For(call.Workspace.Id).ReadWholeStream(stream, after, page.Limit + 1, context.RequestAborted);
        if (events.Count == 0 && after == 0) throw ProblemAnswer.Missing(Missing);

        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, EdgeJson.Writing);
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        foreach (var stored in events.Take(page.Limit)) FeedLine.Write(json, stored);
        json.WriteEndArray();
        json.WriteString("next"u8, events.Count > page.Limit ? Page.Cursor(events[page.Limit - 1].Event.Version.ToString(CultureInfo.InvariantCulture)) : null);
        json.WriteEndObject();
    }
}

/// <summary>The shape of <see cref="FeedLine"/>, for the description of the API.</summary>
/// <param name="Elevation">The elevation under which a platform admin did it; left out for what the workspace's own did.</param>
/// <param name="DotnetType">The .NET name of the event's type; left out for those that have none.</param>
/// <param name="Headers">What is stored beside the event, such as the trace it belongs to; left out when there is nothing.</param>
public sealed record FeedLineShape(
    string Position, Guid Id, string Workspace, string Stream, long Version, string Type, DateTimeOffset At, JsonElement Data, string? CorrelationId, string? CausationId, string? Actor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Elevation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DotnetType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Headers);
