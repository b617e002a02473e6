using System.Security.Cryptography;
using EventMesh.Domain;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>The exports of workspaces' histories: what may be asked of them. They are carried out by <see cref="ExportRunner"/>, on whichever node.</summary>
public sealed class WorkspaceExports(Store store)
{
    private const string StreamType = "export";

    /// <summary>Signalled when one is asked for, or asked to stop, on this node.</summary>
    public Arrivals Asked { get; } = new();

    /// <summary>Asks for an export.</summary>
    /// <param name="by">Who asks, and when.</param>
    /// <param name="id">To ask for the same one again; null for a new one.</param>
    /// <returns>The one that was asked for; with an id that was there already, that one, whatever was asked for then. Null when the workspace has as many as it may, see <see cref="ExportLimits"/>.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer; the export may or may not have been asked for.</exception>
    public async Task<ExportRow?> Start(string workspace, ExportSpec spec, EventMetadata by, string? id = null, CancellationToken stop = default)
    {
        var (of, named) = (store.For(workspace), id ?? NewId(by.At));
        var row = spec.To.Kind == ExportKind.Download
            ? await of.StoreSealed(ExportSeal.NameOf(named), ExportSeal.NewKey(), key => ExportTable.Add(of, named, spec, by, key, stop), stop).ConfigureAwait(false)
            : await ExportTable.Add(of, named, spec, by, null, stop).ConfigureAwait(false);
        if (row is null) return null;
        await Tell(row, stop).ConfigureAwait(false);
        Asked.Signal();
        return row;
    }

    /// <summary>Null when there is none of that id, or it is no longer kept.</summary>
    public Task<ExportRow?> Find(string workspace, string id, CancellationToken stop = default) => ExportTable.Find(store.For(workspace), id, stop);

    /// <param name="after">The last id of the page before; null for the first.</param>
    public Task<List<ExportRow>> List(string workspace, string? after, int limit, CancellationToken stop = default) => ExportTable.List(store.For(workspace), after, limit, stop);

    public Task<List<ExportPart>> Parts(string workspace, string id, CancellationToken stop = default) => ExportTable.Parts(store.For(workspace), id, stop);

    /// <summary>Asks that it stop. What it has made is destroyed.</summary>
    /// <returns>False when there is none, or it has ended.</returns>
    public async Task<bool> Cancel(string workspace, string id, string? actor, CancellationToken stop = default)
    {
        var found = await ExportTable.Cancel(store.For(workspace), id, actor, stop).ConfigureAwait(false);
        Asked.Signal();
        return found;
    }

    /// <summary>Deletes one that has ended, with what of it is kept here. Its history stays.</summary>
    public Task Delete(string workspace, string id, CancellationToken stop = default) => ExportTable.Delete(store.For(workspace), id, stop);

    /// <summary>The bytes of one that is finished and kept here, and writes down who reads them: once for each of those who do.</summary>
    /// <exception cref="Refused">There is nothing to download.</exception>
    public async Task<ExportStream> Download(string workspace, string id, EventMetadata by, CancellationToken stop = default)
    {
        var of = store.For(workspace);
        for (var lost = 0; ; lost++)
        {
            var stream = await of.ReadStream(id, stop).ConfigureAwait(false);
            var state = stream.Events.Aggregate(Export.Initial, (s, e) => Export.Evolve(s, (ExportEvent)store.Types.Read(e)));
            var told = ExportDecider.Decide(new ExportCommand.DownloadExport(by.At), state);
            if (stream.Events.Any(e => e.Type == "export_downloaded" && e.Actor == by.Actor)) break;
            try
            {
                await of.Append(id, StreamType, stream.Version, told, by, null, stop).ConfigureAwait(false);
                break;
            }
            catch (VersionConflict) when (lost < 10)
            {
                // Somebody else began to download in the same moment.
            }
        }
        var row = await ExportTable.Find(of, id, stop).ConfigureAwait(false) ?? throw new Refused("export.missing", "This export is no longer kept.");
        return new(of, await ExportSeal.Of(of, row, stop).ConfigureAwait(false), id, await ExportTable.Parts(of, id, stop).ConfigureAwait(false));
    }

    /// <summary>Tells the history that it was asked for, unless it has heard of it.</summary>
    internal Task Tell(ExportRow row, CancellationToken stop)
    {
        var (asked, by) = (row.Asked, new EventMetadata(row.AskedAt, row.Actor, row.CorrelationId ?? row.Id, null, null, row.Elevation, row.Network));
        return Decide(row, new ExportCommand.StartExport(asked.Format, asked.Gzip, asked.Told, asked.IncludeData, asked.To, row.AskedAt), by, stop);
    }

    /// <summary>Tells the history how it ended.</summary>
    /// <returns>When.</returns>
    internal async Task<DateTimeOffset> Tell(ExportRow row, ExportOutcome outcome, ExportFault? fault, CancellationToken stop)
    {
        var now = TimeProvider.System.GetUtcNow();
        var at = new DateTimeOffset(now.Ticks / 10 * 10, TimeSpan.Zero);
        var end = outcome == ExportOutcome.Finished ? row.End : row.Done;
        await Decide(row, new ExportCommand.FinishExport(outcome, row.Events, row.Bytes, row.Parts, row.After?.ToString(), end?.ToString(), fault, at),
            new(at, outcome == ExportOutcome.Cancelled ? row.CancelledBy : "eventmesh", row.CorrelationId ?? row.Id, row.Id), stop).ConfigureAwait(false);
        return at;
    }

    private Task Decide(ExportRow row, ExportCommand command, EventMetadata by, CancellationToken stop) => store.For(row.Workspace).Decide<Export, ExportEvent>(
        row.Id, StreamType, Export.Initial, Export.Evolve, state => ExportDecider.Decide(command, state), by, null, stop);

    private static string NewId(DateTimeOffset at)
    {
        Span<byte> chance = stackalloc byte[10];
        RandomNumberGenerator.Fill(chance);
        return Ids.Sortable("exp_", at, chance);
    }
}
