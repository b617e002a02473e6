using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Exports;

/// <summary>What is written down about an export under way, through the session that holds its lease: whoever has lost it writes nothing.</summary>
internal static class ExportProgress
{
    private const string OpenSql = $"select {ExportRow.Columns} from eventmesh.exports e where e.finished_at is null order by e.asked_at, e.tenant_id, e.id limit $1";

    private const string ReadSql = $"select {ExportRow.Columns} from eventmesh.exports e where e.tenant_id = $1 and e.id = $2";

    private const string BeginSql = $"""
        update eventmesh.exports as e set state = 'running', after_xid = $3, after_seq = $4, end_xid = $5, end_seq = $6, done_xid = $3, done_seq = $4, checkpoint = $7, object = $8, updated_at = $9
        where e.tenant_id = $1 and e.id = $2 returning {ExportRow.Columns}
        """;

    private const string UploadSql = $"update eventmesh.exports as e set upload = $3 where e.tenant_id = $1 and e.id = $2 returning {ExportRow.Columns}";

    // The part and how far the export has come: one statement, so that there never is one without the other.
    private const string SaveSql = $"""
        with part as (
          insert into eventmesh.export_parts (tenant_id, export_id, number, first_byte, bytes, events, sha256, end_xid, end_seq, etag, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        )
        update eventmesh.exports as e set done_xid = $8, done_seq = $9, events = e.events + $6, bytes = e.bytes + $5, parts = $3, updated_at = $12
        where e.tenant_id = $1 and e.id = $2 returning {ExportRow.Columns}
        """;

    private const string EndSql = $"""
        update eventmesh.exports as e set state = $3, sha256 = $4, reason = $5, detail = $6, upload = null, updated_at = $7, finished_at = $7 where e.tenant_id = $1 and e.id = $2 returning {ExportRow.Columns}
        """;

    private const string PartsSql = $"select {ExportPart.Columns} from eventmesh.export_parts p where p.tenant_id = $1 and p.export_id = $2 order by p.number";

    /// <summary>Those of all workspaces that have not ended, the oldest first.</summary>
    public static Task<List<ExportRow>> Open(Store store, int limit, CancellationToken stop) => Database.Ask(async () =>
    {
        await using var command = store.Feed.CreateCommand(OpenSql);
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var open = new List<ExportRow>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) open.Add(ExportRow.Read(reader));
        return open;
    });

    /// <summary>As it is now; null when it is no more.</summary>
    public static Task<ExportRow?> Read(LeaseSession lease, ExportRow export, CancellationToken stop) => Ask(lease, ReadSql, export, stop);

    /// <summary>Fixes what it will hold.</summary>
    public static async Task<ExportRow> Begin(LeaseSession lease, ExportRow export, Position after, Position end, string? checkpoint, string? @object, DateTimeOffset at, CancellationToken stop) =>
        await Ask(lease, BeginSql, export, stop, Xid(after), new() { Value = after.Sequence }, Xid(end), new() { Value = end.Sequence }, Text(checkpoint), Text(@object), new() { Value = at.UtcDateTime })
            .ConfigureAwait(false) ?? throw new Gone();

    public static async Task<ExportRow> SetUpload(LeaseSession lease, ExportRow export, string upload, CancellationToken stop) =>
        await Ask(lease, UploadSql, export, stop, Text(upload)).ConfigureAwait(false) ?? throw new Gone();

    /// <param name="body">Sealed; null when the part is in a bucket.</param>
    public static async Task<ExportRow> Save(LeaseSession lease, ExportRow export, ExportPart part, byte[]? body, DateTimeOffset at, CancellationToken stop) =>
        await Ask(lease, SaveSql, export, stop,
            new() { Value = part.Number }, new() { Value = part.FirstByte }, new() { Value = part.Bytes }, new() { Value = part.Events }, Text(part.Sha256), Xid(part.End), new() { Value = part.End.Sequence },
            Text(part.ETag), new() { Value = (object?)body ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea }, new() { Value = at.UtcDateTime }).ConfigureAwait(false) ?? throw new Gone();

    public static Task<ExportRow?> End(LeaseSession lease, ExportRow export, ExportState state, string? sha256, ExportFault? reason, string? detail, DateTimeOffset at, CancellationToken stop) =>
        Ask(lease, EndSql, export, stop, Text(Word(state)), Text(sha256), Text(reason is { } fault ? Word(fault) : null), Text(detail), new() { Value = at.UtcDateTime });

    public static Task<List<ExportPart>> Parts(LeaseSession lease, ExportRow export, CancellationToken stop) => lease.Ask(PartsSql, [new() { Value = export.Workspace }, new() { Value = export.Id }], async command =>
    {
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var parts = new List<ExportPart>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) parts.Add(ExportPart.Read(reader));
        return parts;
    }, stop);

    /// <summary>The export was deleted while it was carried out: its workspace was purged.</summary>
    public sealed class Gone() : Exception("The export is no more.");

    private static string Word<T>(T of) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(of.ToString());

    private static Task<ExportRow?> Ask(LeaseSession lease, string sql, ExportRow export, CancellationToken stop, params NpgsqlParameter[] further) =>
        lease.Ask(sql, [new() { Value = export.Workspace }, new() { Value = export.Id }, .. further], async command =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            return await reader.ReadAsync(stop).ConfigureAwait(false) ? ExportRow.Read(reader) : null;
        }, stop);

    private static NpgsqlParameter Xid(Position position) => new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
