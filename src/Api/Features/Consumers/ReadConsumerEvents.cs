using EventMesh.Api.Consumers;
using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Consumers;

/// <summary>What follows a consumer's position. Reading moves nothing: it is given again until it is acknowledged.</summary>
public static class ReadConsumerEvents
{
    /// <summary>The position after which the events begin: what the acknowledgement names as <c>after</c>.</summary>
    public const string AfterHeader = "Consumer-Position";

    public static void Map(RouteGroupBuilder consumers) => consumers.MapGet("/{name}/events", Handle)
        .Needs(Permission.ReadHistory).WithoutTimeLimit().WithName("readConsumerEvents").WithSummary("Read what follows a consumer's position")
        .WithDescription($$"""
            NDJSON of the events it wants, and a last line {"position":…,"end":…}: the position to acknowledge, and whether nothing follows for now. The header {{AfterHeader}} is the position they begin after.
            """)
        .WithQuery("limit", JsonSchemaType.Integer, $"Events at most: 1 to {ReadFeed.LimitMax}, {ReadFeed.LimitDefault} by default.")
        .WithQuery("include", JsonSchemaType.String, "data: published events come with their payload, as in the feed.")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson").WithProblem(StatusCodes.Status409Conflict);

    private static async Task Handle(string name, Call call, Store store, ConsumerPositions positions, SendFeed send, HttpContext context)
    {
        var stop = context.RequestAborted;
        var limit = Query.Integer(context.Request.Query, "limit", ReadFeed.LimitDefault, 1, ReadFeed.LimitMax);
        var checks = new Checks();
        var payloads = FeedAsked.Included(context.Request.Query["include"], checks);
        checks.Done();
        if (payloads) FeedAsked.MayReadPayloads(call, context);
        var consumer = await StandingConsumer.Find(name, call, store, positions, stop);
        await positions.Seen(call.Workspace.Id, name, consumer.State.Generation, call.Now, stop);

        var filter = consumer.State.Created.Filter;
        var asked = new FeedAsked(new(filter.Types, filter.Stream, filter.Resource), consumer.Position, null, null, null, payloads, Progress: true);
        context.Response.Headers[AfterHeader] = ConsumerFields.Text(consumer.Position);
        await send.Run(context, call, asked, new(consumer.Position, null), limit);
    }
}
