using System.Text.Json;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Exports;

/// <summary>The exports of one workspace, each statement in a session of that workspace.</summary>
internal static class ExportTable
{
    // One after another in a workspace, on all nodes: between the counting and the keeping there is no other.
    private const string DoorSql = "select pg_advisory_xact_lock(hashtextextended('exports:' || $1, 0))";

    private const string AddSql = """
        insert into eventmesh.exports as e (tenant_id, id, asked, actor, elevation, network, correlation_id, asked_at, updated_at, sealed)
        select $1, $2, $3, $4, $5, $6, $7, $8, $8, $11
        where (select count(*) from eventmesh.exports o where o.tenant_id = $1) < $9
          and (select count(*) from eventmesh.exports o where o.tenant_id = $1 and o.finished_at is null) < $10
        on conflict (tenant_id, id) do nothing
        """;

    private const string FindSql = $"select {ExportRow.Columns} from eventmesh.exports e where e.id = $1";

    private const string ListSql = $"select {ExportRow.Columns} from eventmesh.exports e where ($1 is null or e.id > $1) order by e.id limit $2";

    private const string CancelSql = "update eventmesh.exports e set cancelled_by = coalesce(e.cancelled_by, $2) where e.id = $1 and e.finished_at is null";

    private const string PartsSql = $"select {ExportPart.Columns} from eventmesh.export_parts p where p.export_id = $1 order by p.number";

    private const string BodySql = "select p.body from eventmesh.export_parts p where p.export_id = $1 and p.number = $2";

    private const string DeletePartsSql = """
        delete from eventmesh.export_parts d where d.export_id = $1 and d.number in (
          select p.number from eventmesh.export_parts p join eventmesh.exports e on e.tenant_id = p.tenant_id and e.id = p.export_id and e.finished_at is not null
          where p.export_id = $1 order by p.number limit 20)
        """;

    private const string DeleteSql = "delete from eventmesh.exports e where e.id = $1 and e.finished_at is not null";

    /// <summary>Keeps a new one, if there is room.</summary>
    /// <param name="key">Of its parts, sealed; null when they are not kept here.</param>
    /// <returns>The one of that id, which may have been there before; null when there is no room.</returns>
    public static async Task<ExportRow?> Add(WorkspaceStore store, string id, ExportSpec asked, EventMetadata by, byte[]? key, CancellationToken stop)
    {
        var add = new NpgsqlBatchCommand(AddSql)
        {
            Parameters =
            {
                new() { Value = store.Workspace }, new() { Value = id }, new() { Value = JsonSerializer.Serialize(asked, EventTypes.Json), NpgsqlDbType = NpgsqlDbType.Jsonb },
                Text(by.Actor), Text(by.Elevation), Text(by.From), Text(by.CorrelationId), new() { Value = by.At.UtcDateTime },
                new() { Value = ExportLimits.KeptMax }, new() { Value = ExportLimits.RunningMax },
                new() { Value = (object?)key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
            },
        };
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(DoorSql) { Parameters = { new() { Value = store.Workspace } } }, add, One(FindSql, id));
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        for (var skipped = 0; skipped < 2; skipped++) await reader.NextResultAsync(stop).ConfigureAwait(false);
        var found = await reader.ReadAsync(stop).ConfigureAwait(false) ? ExportRow.Read(reader) : null;
        // To the end of the results: an error of the commit comes after them.
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return found;
    }

    public static async Task<ExportRow?> Find(WorkspaceStore store, string id, CancellationToken stop) => (await Read(store, One(FindSql, id), ExportRow.Read, stop).ConfigureAwait(false)).FirstOrDefault();

    public static Task<List<ExportRow>> List(WorkspaceStore store, string? after, int limit, CancellationToken stop) =>
        Read(store, new(ListSql) { Parameters = { Text(after), new() { Value = limit } } }, ExportRow.Read, stop);

    public static Task<List<ExportPart>> Parts(WorkspaceStore store, string id, CancellationToken stop) => Read(store, One(PartsSql, id), ExportPart.Read, stop);

    /// <summary>The sealed bytes of a part; null when it is not kept here (any more).</summary>
    public static async Task<byte[]?> Body(WorkspaceStore store, string id, int number, CancellationToken stop)
    {
        var command = One(BodySql, id);
        command.Parameters.Add(new() { Value = number });
        return await Read(store, command, r => r.IsDBNull(0) ? null : r.GetFieldValue<byte[]>(0), stop).ConfigureAwait(false) is [var body] ? body : null;
    }

    /// <returns>Whether there was one to cancel.</returns>
    public static async Task<bool> Cancel(WorkspaceStore store, string id, string? by, CancellationToken stop)
    {
        var command = One(CancelSql, id);
        command.Parameters.Add(new() { Value = by ?? "eventmesh", NpgsqlDbType = NpgsqlDbType.Varchar });
        return await Write(store, command, stop).ConfigureAwait(false) > 0;
    }

    /// <summary>Deletes one that has ended, with its parts, a few at a time.</summary>
    public static async Task Delete(WorkspaceStore store, string id, CancellationToken stop)
    {
        while (await Write(store, One(DeletePartsSql, id), stop).ConfigureAwait(false) > 0) { }
        await Write(store, One(DeleteSql, id), stop).ConfigureAwait(false);
    }

    private static NpgsqlBatchCommand One(string sql, string id) => new(sql) { Parameters = { new() { Value = id } } };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };

    private static async Task<int> Write(WorkspaceStore store, NpgsqlBatchCommand command, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, command);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        while (await reader.NextResultAsync(stop).ConfigureAwait(false)) { }
        return (int)command.RecordsAffected;
    }

    private static async Task<List<T>> Read<T>(WorkspaceStore store, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, command);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var found = new List<T>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(read(reader));
        return found;
    }
}
