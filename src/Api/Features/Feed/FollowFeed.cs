using System.Buffers;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>
/// A workspace's history as server-sent events (WHATWG HTML §9.2), for as long as somebody listens: <c>id</c> is the position, <c>data</c> the line
/// of the feed. A comment every 15 s keeps proxies from closing the connection.
/// </summary>
public sealed class FollowFeed(Store store, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int PageEvents = 500;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    public async Task Run(HttpContext context, WorkspaceStore workspace, Position after)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var output = context.Response.BodyWriter;
        await context.Response.StartAsync(ending.Token).ConfigureAwait(false);
        try
        {
            await output.WriteAsync(": following\n\n"u8.ToArray(), ending.Token).ConfigureAwait(false);
            await Follow(workspace, after, output, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The listener has gone, or this node is going: it resumes from the last id, here or elsewhere.
        }
    }

    private async Task Follow(WorkspaceStore workspace, Position after, System.IO.Pipelines.PipeWriter output, CancellationToken stop)
    {
        using var json = new Utf8JsonWriter(output, EdgeJson.Writing);
        var wrote = clock.GetTimestamp();
        for (var quiet = 0; ;)
        {
            var signal = store.Arrivals.Next;
            var page = await workspace.ReadWhole(after, PageEvents, stop).ConfigureAwait(false);
            foreach (var stored in page)
            {
                Write(json, output, stored);
                after = stored.Event.Position;
            }
            var silent = page.Count == 0 && clock.GetElapsedTime(wrote) >= Heartbeat;
            if (silent) output.Write(": still here\n\n"u8);
            if (page.Count > 0 || silent)
            {
                await output.FlushAsync(stop).ConfigureAwait(false);
                wrote = clock.GetTimestamp();
            }
            quiet = page.Count > 0 ? 0 : quiet + 1;
            if (page.Count < PageEvents) await Pause(signal, quiet, stop).ConfigureAwait(false);
        }
    }

    private static void Write(Utf8JsonWriter json, System.IO.Pipelines.PipeWriter output, WholeEvent stored)
    {
        output.Write("id: "u8);
        output.Write(Encoding.ASCII.GetBytes(stored.Event.Position.ToString()));
        output.Write("\ndata: "u8);
        FeedLine.Write(json, stored);
        json.Flush();
        json.Reset();
        output.Write("\n\n"u8);
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
