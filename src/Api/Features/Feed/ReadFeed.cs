using EventMesh.Api.Description;
using System.Buffers;
using System.Text.Json;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Feed;

/// <summary>A workspace's history in its final order, as NDJSON; resumable after any position. With <c>Accept: text/event-stream</c> it follows.</summary>
public static class ReadFeed
{
    public const int LimitDefault = 1_000;
    public const int LimitMax = 1_000_000;
    private const int PageEvents = 2_000;
    private const int FlushBytes = 128 * 1024;

    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/feed", Handle).Needs(Permission.ReadHistory).WithoutTimeLimit()
        .WithQuery("after", JsonSchemaType.String, "The position to go on after; from the beginning without it.")
        .WithQuery("limit", JsonSchemaType.Integer, $"Events at most: 1 to {LimitMax}, {LimitDefault} by default. Not for following.")
        .WithHeader("Last-Event-ID", "The position to resume following after.")
        .WithName("readFeed").WithSummary("Read the workspace's history in order, or follow it")
        .WithDescription("One JSON object a line. With Accept: text/event-stream the same objects follow as they happen; Last-Event-ID resumes.")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson", "text/event-stream").WithTags("History");

    private static Task Handle(HttpContext context, Call call, Store store, FollowFeed follow)
    {
        var sse = context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var resumed = context.Request.Headers["Last-Event-ID"].ToString();
        var after = sse && resumed.Length > 0 ? At("Last-Event-ID", resumed) : At("after", context.Request.Query["after"].ToString());
        var limit = Query.Integer(context.Request.Query, "limit", LimitDefault, 1, LimitMax);
        var workspace = store.For(call.Workspace.Id);
        return sse ? follow.Run(context, workspace, after) : Export(context, workspace, after, limit);
    }

    /// <exception cref="ProblemException">It is not a position.</exception>
    public static Position At(string field, string text) =>
        text.Length == 0 || text == "0" ? Position.Start : Position.TryParse(text, out var position) ? position : throw Problem.InvalidRequest.At(field, "is not a position that was given here");

    private static async Task Export(HttpContext context, WorkspaceStore workspace, Position after, int limit)
    {
        var stop = context.RequestAborted;
        context.Response.ContentType = "application/x-ndjson";
        var output = context.Response.BodyWriter;
        using var json = new Utf8JsonWriter(output, EdgeJson.Writing);
        var next = workspace.ReadWhole(after, Math.Min(limit, PageEvents), stop);
        for (var left = limit; ;)
        {
            var asked = Math.Min(left, PageEvents);
            var page = await next.ConfigureAwait(false);
            left -= page.Count;
            var more = page.Count == asked && left > 0;
            // The database reads the next page while this one is written.
            if (more) next = workspace.ReadWhole(page[^1].Event.Position, Math.Min(left, PageEvents), stop);
            foreach (var stored in page)
            {
                FeedLine.Write(json, stored);
                json.Flush();
                json.Reset();
                output.Write("\n"u8);
                if (output.UnflushedBytes > FlushBytes) await output.FlushAsync(stop).ConfigureAwait(false);
            }
            if (!more) return;
        }
    }
}
