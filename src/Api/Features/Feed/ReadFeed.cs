using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Feed;

/// <summary>A workspace's history in its final order, as NDJSON; resumable after any position. With <c>Accept: text/event-stream</c> it follows.</summary>
public static class ReadFeed
{
    public const int LimitDefault = 1_000;
    public const int LimitMax = 1_000_000;

    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet("/feed", Handle).Needs(Permission.ReadHistory).WithoutTimeLimit()
        .WithQuery("after", JsonSchemaType.String, "The position to go on after; from the beginning without it. 409 when no event of this feed stands there.")
        .WithQuery("after_id", JsonSchemaType.String, "The id of the event at after: 409 when another stands there now.")
        .WithQuery("since", JsonSchemaType.String, "Instead of after: from the first event that did not happen before this time (RFC 3339).")
        .WithQuery("until", JsonSchemaType.String, "Up to and without the first event that did not happen before this time (RFC 3339).")
        .WithQuery("limit", JsonSchemaType.Integer, $"Events at most: 1 to {LimitMax}, {LimitDefault} by default. Not for following.")
        .WithFilter()
        .WithQuery("progress", JsonSchemaType.Boolean, "true: say how far the reading has come, as {\"position\":…,\"end\":…} at the end and now and then.")
        .WithHeader("Last-Event-ID", "The position to resume following after.")
        .WithName("readFeed").WithSummary("Read the workspace's history in order, or follow it")
        .WithDescription("One JSON object a line. With Accept: text/event-stream the same objects follow as they happen; Last-Event-ID resumes.")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson", "text/event-stream").WithProblem(StatusCodes.Status409Conflict).WithTags("History");

    private static async Task Handle(HttpContext context, Call call, Store store, FollowFeed follow, SendFeed send)
    {
        var follows = context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var resumed = follows && context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : null;
        var asked = FeedAsked.Of(context.Request, call, resumed);
        var limit = Query.Integer(context.Request.Query, "limit", LimitDefault, 1, LimitMax);
        if (follows)
        {
            await follow.Run(context, call, asked);
            return;
        }
        var workspace = store.For(call.Workspace.Id);
        var range = await FeedRange.Of(workspace, asked, context.RequestAborted);
        // A time of which nothing is known yet is not waited for: then it ends where the history does now.
        if (asked.Until is not null) range = await range.Ended(workspace, context.RequestAborted);
        await send.Run(context, call, asked, range, limit);
    }
}
