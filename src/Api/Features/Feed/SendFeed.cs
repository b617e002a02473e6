using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>A stretch of a workspace's history as NDJSON, to its end or to a limit. While one page is written the database reads the next; nothing of the database is held for a reader.</summary>
public sealed class SendFeed(Store store, FeedPayloads payloads, TimeProvider clock)
{
    private const int PageEventsMax = 2_000;
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(10);

    public async Task Run(HttpContext context, Call call, FeedAsked asked, FeedRange range, int limit)
    {
        var (stop, workspace, filter) = (context.RequestAborted, store.For(call.Workspace.Id), asked.Filter.ToStore());
        context.Response.ContentType = "application/x-ndjson";
        var output = context.Response.BodyWriter;
        using var lines = new FeedLines(output, call, asked, payloads, events: false);
        var (size, left, wrote) = (new PageSize(clock, PageEventsMax), limit, clock.GetTimestamp());
        Task<FilteredPage>? next = null;
        for (var after = range.After; ;)
        {
            size.Began();
            var (found, reached, end) = await Piece(after).ConfigureAwait(false);
            await lines.Taken(stop).ConfigureAwait(false);
            size.Ended();
            after = reached;
            if (found) wrote = clock.GetTimestamp();
            var over = end || left == 0;
            if (asked.Progress && (over || (!found && clock.GetElapsedTime(wrote) >= BetweenProgress)))
            {
                lines.Progress(after, end);
                await lines.Send(stop).ConfigureAwait(false);
                wrote = clock.GetTimestamp();
            }
            if (over) return;
        }

        // A method of its own, so that nothing holds a page while a reader is waited for.
        async Task<(bool Found, Position Reached, bool End)> Piece(Position after)
        {
            var page = await (next ?? Read(after)).ConfigureAwait(false);
            // The database reads the next page while this one is written.
            next = page.End || left <= page.Events.Count ? null : Read(page.Reached, page.Events.Count);
            var written = await lines.Write(page.Events, stop).ConfigureAwait(false);
            left -= written;
            if (written == page.Events.Count) return (written > 0, page.Reached, page.End);
            next = null;
            return (true, page.Events[written - 1].Event.Position, false);
        }

        Task<FilteredPage> Read(Position after, int before = 0) => workspace.ReadFiltered(filter, after, range.Until, Math.Min(left - before, size.Events), stop: stop);
    }
}
