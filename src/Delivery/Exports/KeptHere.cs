using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery.Exports;

/// <summary>Parts that are kept sealed in the database, to be downloaded.</summary>
internal sealed class KeptHere(WorkspaceStore workspace, long bytesMax) : IExportPlace
{
    private const string DeleteSql = """
        delete from eventmesh.export_parts d where d.tenant_id = $1 and d.export_id = $2 and d.number in (
          select p.number from eventmesh.export_parts p where p.tenant_id = $1 and p.export_id = $2 order by p.number limit 20)
        """;

    private ExportSeal? seal;

    public string? Object => null;
    public long BytesMax => bytesMax;
    public int PartsMax => int.MaxValue;

    public async Task<string?> Open(ExportRow export, CancellationToken stop)
    {
        seal = await ExportSeal.Of(workspace, export, stop).ConfigureAwait(false);
        return null;
    }

    public Task<(string? ETag, byte[]? Sealed)> Put(ExportRow export, int number, byte[] bytes, CancellationToken stop) => Task.FromResult<(string?, byte[]?)>((null, seal!.Seal(number, bytes)));

    public async Task<byte[]?> Get(ExportRow export, int number, CancellationToken stop) =>
        await ExportTable.Body(workspace, export.Id, number, stop).ConfigureAwait(false) is { } body ? seal!.Open(number, body) : null;

    public Task Complete(ExportRow export, IReadOnlyList<ExportPart> parts, CancellationToken stop) => Task.CompletedTask;

    public async Task Abort(ExportRow export, LeaseSession lease, CancellationToken stop)
    {
        while (await lease.Ask(DeleteSql, [new() { Value = export.Workspace }, new() { Value = export.Id }], command => command.ExecuteNonQueryAsync(stop), stop).ConfigureAwait(false) > 0) { }
    }
}
