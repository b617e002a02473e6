using System.Security.Cryptography;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// One export on its way: read, write, and after each part write down how far it is, together with the part. So whoever goes on after a crash goes on behind the last part, and makes the very bytes
/// that would have been made.
/// </summary>
/// <param name="stop">This process stops, or has lost the lease: nothing more is written.</param>
/// <param name="cancel">Somebody asked that the export stop.</param>
internal sealed class ExportJob(Store store, FeedForm form, IExportPlace place, ExportEnd ends, LeaseSession lease, TimeProvider clock, int partBytes, CancellationToken stop, CancellationToken cancel)
{
    private readonly IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool wholeKnown = true;
    private ExportRow export = null!;
    private Task saving = Task.CompletedTask;

    /// <returns>How it ended, what is written down of it by then, and the digest of the whole; null when nobody has the whole.</returns>
    /// <exception cref="ExportFailed">It cannot come to its end.</exception>
    public async Task<(ExportOutcome Outcome, ExportRow Export, string? Sha256)> Run(ExportRow from)
    {
        export = from;
        using var hash = whole;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancel);
        try
        {
            await Carry(either.Token).ConfigureAwait(false);
            return (ExportOutcome.Finished, export, wholeKnown ? Convert.ToHexStringLower(whole.GetHashAndReset()) : null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return (ExportOutcome.Cancelled, export, null);
        }
        finally
        {
            await saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Carry(CancellationToken either)
    {
        var workspace = store.For(export.Workspace);
        either.ThrowIfCancellationRequested();
        if (export.End is null)
        {
            var range = await ExportRange.Of(workspace, export.Asked, ends, clock, either).ConfigureAwait(false);
            export = await ExportProgress.Begin(lease, export, range.After, range.End, range.Checkpoint, place.Object, clock.GetUtcNow(), stop).ConfigureAwait(false);
        }
        if (await place.Open(export, either).ConfigureAwait(false) is { } upload && upload != export.Upload) export = await ExportProgress.SetUpload(lease, export, upload, stop).ConfigureAwait(false);
        await HashAgain(either).ConfigureAwait(false);

        await using (var writer = new PartWriter(form, export.Asked, export.Parts + 1, partBytes))
        {
            var reading = new ExportReading(store, export.Workspace, form.Filter(export.Asked.Filter), export.End!.Value, export.Asked.IncludeData ? () => form.Bodies(export.Workspace) : null);
            await foreach (var page in reading.Pages(export.Done!.Value, either).ConfigureAwait(false))
            {
                either.ThrowIfCancellationRequested();
                foreach (var stored in page.Events)
                    if (await writer.Add(stored, page.Bodies?.GetValueOrDefault(stored.Event.Stream)).ConfigureAwait(false) is { } made) await Save(made, either).ConfigureAwait(false);
            }
            foreach (var made in await writer.End(export.End!.Value).ConfigureAwait(false)) await Save(made, either).ConfigureAwait(false);
        }
        await saving.ConfigureAwait(false);
        await place.Complete(export, await ExportProgress.Parts(lease, export, either).ConfigureAwait(false), either).ConfigureAwait(false);
    }

    /// <summary>The parts that were made before go into the digest too, where they can be had.</summary>
    private async Task HashAgain(CancellationToken either)
    {
        for (var number = 1; number <= export.Parts && wholeKnown; number++)
        {
            if (await place.Get(export, number, either).ConfigureAwait(false) is { } bytes) whole.AppendData(bytes);
            else wholeKnown = false;
        }
    }

    // One part is put away while the next is made.
    private async Task Save(PartWriter.Made made, CancellationToken either)
    {
        await saving.ConfigureAwait(false);
        if (export.Bytes + made.Bytes.Length > place.BytesMax || made.Number > place.PartsMax) throw new ExportFailed(ExportFault.TooLarge);
        saving = Task.Run(async () =>
        {
            var hashed = wholeKnown ? Task.Run(() => whole.AppendData(made.Bytes)) : Task.CompletedTask;
            var (etag, sealedBytes) = await place.Put(export, made.Number, made.Bytes, either).ConfigureAwait(false);
            await hashed.ConfigureAwait(false);
            var part = new ExportPart(made.Number, export.Bytes, made.Bytes.Length, made.Events, made.Sha256, made.End, etag);
            export = await ExportProgress.Save(lease, export, part, sealedBytes, clock.GetUtcNow(), stop).ConfigureAwait(false);
        }, CancellationToken.None);
    }
}
