using EventMesh.Api.Edge;
using EventMesh.Api.Features.Feed;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.RawData;

/// <summary>Records that somebody reads redacted bodies of one event or delivery, before they see them: as the feed does, the first time at once and then once an hour.</summary>
public static class RedactedReads
{
    /// <param name="stream">The published event or the delivery.</param>
    public static async Task Note(HttpContext context, Call call, Store store, string stream)
    {
        // A delivery that nobody has tried has no bodies yet.
        if (await store.For(call.Workspace.Id).ReadStreamPage(stream, 0, 1, context.RequestAborted) is not [var first]) return;
        await context.RequestServices.GetRequiredService<PayloadReads>().Note(call, new FeedFilter(Stream: stream), first.Position, first.Position, 1, context.RequestAborted);
    }
}
