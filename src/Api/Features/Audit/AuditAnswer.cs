using System.Buffers;
using System.Text.Json;
using EventMesh.Api.Edge;
using EventMesh.Domain.Access;
using EventMesh.EventStore;
using EventMesh.Projections.Audit;
using EventMesh.Projections.Running;

namespace EventMesh.Api.Features.Audit;

/// <summary>Answers with the audit of one history: a page as JSON, or everything that matches as NDJSON or CSV, read as it is written.</summary>
public sealed class AuditAnswer(Store store, AuditEntries entries)
{
    private const int PageEntries = 200;
    private const int FlushBytes = 64 * 1024;
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task Write(Call call, string history, Page page, HttpContext context)
    {
        var stop = context.RequestAborted;
        var fields = AuditQueryFields.Read(context.Request, page, [.. store.Types.Aliases]);
        var workspace = store.For(history);
        await Record(call, workspace, stop).ConfigureAwait(false);
        if (fields.MinPosition > Position.Start && !await ReadModel.WaitFor(store, AuditProjection.Name, fields.MinPosition, Patience, stop).ConfigureAwait(false))
            throw Problem.PositionNotReached.At("min_position", "is not reached yet; try again");
        if (fields.Format == AuditFormat.Json) await WritePage(context, workspace, fields, page.Limit, stop).ConfigureAwait(false);
        else await Stream(context, workspace, fields, stop).ConfigureAwait(false);
    }

    /// <summary>Told before anything is shown, and once an hour for one reader, whichever node is asked: the second one meets the stream of the first.</summary>
    private static async Task Record(Call call, WorkspaceStore history, CancellationToken stop)
    {
        var stream = HistoryReading.StreamOf(ReadingKind.Audit, call.Actor.Id, call.Now);
        var append = history.Prepare(stream, HistoryReading.StreamType, 0, [new HistoryReadingEvent.HistoryRead(ReadingKind.Audit, call.Now)], call.Metadata(stream));
        await history.AppendTogether([append], stop).ConfigureAwait(false);
    }

    private async Task WritePage(HttpContext context, WorkspaceStore workspace, AuditQueryFields fields, int limit, CancellationToken stop)
    {
        var found = await AuditQuery.List(workspace, fields.Filter, fields.Cursor, limit, stop).ConfigureAwait(false);
        var listed = new Listed<AuditEntry>(await entries.Of(workspace, found.Items, stop).ConfigureAwait(false), found.Next is { } next ? Page.Cursor(next.ToString()) : null);
        await context.Response.WriteAsJsonAsync(listed, EdgeJson.Options, "application/json; charset=utf-8", stop).ConfigureAwait(false);
    }

    private async Task Stream(HttpContext context, WorkspaceStore workspace, AuditQueryFields fields, CancellationToken stop)
    {
        var csv = fields.Format == AuditFormat.Csv;
        context.Response.ContentType = csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
        var output = context.Response.BodyWriter;
        if (csv) AuditCsv.WriteHeader(output);
        for (var cursor = fields.Cursor; ;)
        {
            var found = await AuditQuery.List(workspace, fields.Filter, cursor, PageEntries, stop).ConfigureAwait(false);
            foreach (var entry in await entries.Of(workspace, found.Items, stop).ConfigureAwait(false))
            {
                if (csv) AuditCsv.Write(output, entry);
                else Line(output, entry);
                if (output.UnflushedBytes > FlushBytes) await output.FlushAsync(stop).ConfigureAwait(false);
            }
            if (found.Next is not { } next) return;
            cursor = next;
            await output.FlushAsync(stop).ConfigureAwait(false);
        }
    }

    private static void Line(IBufferWriter<byte> output, AuditEntry entry)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(entry, EdgeJson.Options));
        output.Write("\n"u8);
    }
}
