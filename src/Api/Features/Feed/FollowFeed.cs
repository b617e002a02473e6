using System.Buffers;
using System.IO.Pipelines;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>
/// A workspace's history as server-sent events (WHATWG HTML §9.2), for as long as somebody listens: <c>id</c> is the position, <c>data</c> the line
/// of the feed. When nothing is wanted of what happens, an <c>id</c> alone says how far it has come. Something comes every 15 s, which keeps proxies from closing the connection.
/// </summary>
public sealed class FollowFeed(Store store, FeedPayloads payloads, StillAllowed allowed, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int PageEventsMax = 250;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    public async Task Run(HttpContext context, Call call, FeedAsked asked)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var workspace = store.For(call.Workspace.Id);
        var range = await (await FeedRange.Of(workspace, asked, ending.Token).ConfigureAwait(false)).EndedAt(workspace, asked.Until, clock.GetUtcNow(), ending.Token).ConfigureAwait(false);
        if (await range.IsOver(workspace, ending.Token).ConfigureAwait(false))
        {
            // An EventSource that is told so does not come again.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var output = context.Response.BodyWriter;
        await context.Response.StartAsync(ending.Token).ConfigureAwait(false);
        try
        {
            await output.WriteAsync(": following\n\n"u8.ToArray(), ending.Token).ConfigureAwait(false);
            using var lines = new FeedLines(output, call, asked, payloads, events: true);
            Permission[] needs = asked.Payloads ? [Permission.ReadHistory, Permission.ReadPayloads] : [Permission.ReadHistory];
            await Follow(workspace, asked, range, lines, output, () => allowed.Ask(context, call, needs, ending.Token), ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The listener has gone, or this node is going: it resumes from the last id, here or elsewhere.
        }
    }

    private async Task Follow(WorkspaceStore workspace, FeedAsked asked, FeedRange range, FeedLines lines, PipeWriter output, Func<ValueTask<bool>> mayGoOn, CancellationToken stop)
    {
        var checkedAt = clock.GetTimestamp();
        var (filter, size, wrote) = (asked.Filter.ToStore(), new PageSize(clock, PageEventsMax), clock.GetTimestamp());
        var arrivals = store.Watched();
        // Where we are, and how far the listener knows of it.
        var (after, told) = (range.After, range.After);
        for (var quiet = 0; ;)
        {
            var signal = arrivals.Next;
            if (clock.GetElapsedTime(checkedAt) >= StillAllowed.Apart)
            {
                // Who comes again is told why.
                if (!await mayGoOn().ConfigureAwait(false)) return;
                checkedAt = clock.GetTimestamp();
            }
            range = await range.EndedAt(workspace, asked.Until, clock.GetUtcNow(), stop).ConfigureAwait(false);
            size.Began();
            var (found, reached, last, end) = await Piece(workspace, filter, after, range.Until, size.Events, lines, stop).ConfigureAwait(false);
            await lines.Taken(stop).ConfigureAwait(false);
            (after, told) = (reached, last ?? told);
            var over = end && range.Until is not null;
            var silence = clock.GetElapsedTime(wrote);
            var due = !found && (silence >= Heartbeat || over || (after > told && silence >= BetweenProgress));
            if (due && after > told)
            {
                lines.Progress(after, end);
                told = after;
            }
            else if (due) output.Write(": still here\n\n"u8);
            if (found || due)
            {
                await lines.Send(stop).ConfigureAwait(false);
                wrote = clock.GetTimestamp();
            }
            size.Ended();
            if (over) return;
            quiet = found ? 0 : quiet + 1;
            if (end) await Pause(signal, quiet, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a page and writes what the listener takes of it. A method of its own, so that nothing holds the page while they are waited for.</summary>
    private static async Task<(bool Found, Position Reached, Position? Last, bool End)> Piece(
        WorkspaceStore workspace, EventFilter filter, Position after, Position? until, int limit, FeedLines lines, CancellationToken stop)
    {
        var page = await workspace.ReadFiltered(filter, after, until, limit, stop: stop).ConfigureAwait(false);
        var written = await lines.Write(page.Events, stop).ConfigureAwait(false);
        Position? last = written > 0 ? page.Events[written - 1].Event.Position : null;
        var all = written == page.Events.Count;
        return (page.Events.Count > 0, all ? page.Reached : last!.Value, last, all && page.End);
    }

    // Woken by what this node appends; what other nodes append is found by looking, ever less often while nothing happens.
    private async Task Pause(Task signal, int quiet, CancellationToken stop)
    {
        var pause = Soonest * (1 << Math.Min(quiet, 6));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(signal, Task.Delay(pause < Idle ? pause : Idle, clock, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
    }
}
