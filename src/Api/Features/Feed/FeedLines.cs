using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Feed;

/// <summary>How lines of the feed go out: one JSON object each (NDJSON), or as server-sent events with the position as their id.</summary>
internal sealed class FeedLines(PipeWriter output, Call call, FeedAsked asked, FeedPayloads payloads, bool events) : IDisposable
{
    // What may wait for a slow reader.
    private const int FlushBytes = 64 * 1024;

    /// <summary>How long the rest of a page waits for a reader; then it is let go, and read again when they go on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Utf8JsonWriter json = new(output, EdgeJson.Writing);
    private Task flushing = Task.CompletedTask;

    /// <summary>Writes events as fast as the reader takes them. One who does not costs a position and what is on its way; no page, and no session of the database.</summary>
    /// <returns>How many it wrote. When it is not all, await <see cref="Taken"/>, without the page, and go on after the last that was written.</returns>
    public async Task<int> Write(IReadOnlyList<WholeEvent> page, CancellationToken stop)
    {
        if (!asked.Payloads) return await Write(page, null, stop).ConfigureAwait(false);
        var written = 0;
        foreach (var piece in FeedPayloads.Pieces([.. page]))
        {
            var taken = await Write(piece, await payloads.Of(call, asked.Filter, piece, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
            written += taken;
            if (taken < piece.Count) break;
        }
        return written;
    }

    /// <summary>Completes when the reader has taken what was written.</summary>
    public Task Taken(CancellationToken stop) => flushing.WaitAsync(stop);

    /// <summary>Sends what was written.</summary>
    public async Task Send(CancellationToken stop)
    {
        await Taken(stop).ConfigureAwait(false);
        await output.FlushAsync(stop).ConfigureAwait(false);
    }

    private async Task<int> Write(IReadOnlyList<WholeEvent> events, Dictionary<string, byte[]>? bodies, CancellationToken stop)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var stored = events[i];
            Line(stored, bodies is not null && FeedPayloads.IsPublished(stored.Event) ? new(bodies.GetValueOrDefault(stored.Event.Stream)) : null);
            if (output.UnflushedBytes > FlushBytes && !await Flushed(stop).ConfigureAwait(false)) return i + 1;
        }
        return events.Count;
    }

    private async ValueTask<bool> Flushed(CancellationToken stop)
    {
        var flush = output.FlushAsync(stop);
        if (flush.IsCompletedSuccessfully) return true;
        flushing = flush.AsTask();
        return await Task.WhenAny(flushing, Task.Delay(Patience, stop)).ConfigureAwait(false) == flushing;
    }

    /// <summary>Says how far the reading has come, whatever was wanted of it.</summary>
    /// <param name="end">Whether nothing follows for now.</param>
    public void Progress(Position reached, bool end)
    {
        var position = reached == Position.Start ? "0" : reached.ToString();
        if (events)
        {
            output.Write(Encoding.ASCII.GetBytes(asked.Progress ? $"event: progress\nid: {position}\ndata: " : $": at {position}\nid: {position}\n"));
            if (!asked.Progress)
            {
                output.Write("\n"u8);
                return;
            }
        }
        json.WriteStartObject();
        json.WriteString("position"u8, position);
        json.WriteBoolean("end"u8, end);
        json.WriteEndObject();
        EndLine();
    }

    private void Line(WholeEvent stored, FeedLine.Body? body)
    {
        if (events)
        {
            output.Write("id: "u8);
            output.Write(Encoding.ASCII.GetBytes(stored.Event.Position.ToString()));
            output.Write("\ndata: "u8);
        }
        FeedLine.Write(json, stored, body);
        EndLine();
    }

    private void EndLine()
    {
        json.Flush();
        json.Reset();
        output.Write(events ? "\n\n"u8 : "\n"u8);
    }

    public void Dispose() => json.Dispose();
}
