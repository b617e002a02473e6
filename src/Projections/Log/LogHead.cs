using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Log;

/// <summary>A log and what was last signed of it, of one moment.</summary>
/// <param name="Signed">Null when nothing was.</param>
/// <param name="Fault">Why nothing more is signed; null while nothing is the matter.</param>
public sealed record LogHead(LogState State, StoredCheckpoint? Signed, string? Fault)
{
    private const string Of = $"""
        select {LogState.Columns}, f.reason, {StoredCheckpoint.Columns} from unnest($1) as w(id)
        join eventmesh.log_state s on s.tenant_id = w.id
        left join eventmesh.log_faults f on f.tenant_id = w.id
        left join lateral (select * from eventmesh.log_checkpoints c where c.tenant_id = w.id order by c.size desc limit 1) c on true
        """;

    /// <summary>Of one workspace, in a session that is bound to it; null while it has no log.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<LogHead?> Read(WorkspaceStore store, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand(Of) { Parameters = { Ids([store.Workspace]) } });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false) ? Read(reader) : null;
    }

    /// <summary>Of those of the workspaces that have a log.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<List<LogHead>> Read(Store store, IReadOnlyCollection<string> workspaces, CancellationToken stop = default)
    {
        await using var command = store.Feed.CreateCommand(Of);
        command.Parameters.Add(Ids([.. workspaces]));
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var heads = new List<LogHead>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) heads.Add(Read(reader));
            return heads;
        }).ConfigureAwait(false);
    }

    /// <summary>Workspaces whose log has grown since it was last signed, if that was before <paramref name="signedBefore"/>.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<List<string>> Due(Store store, DateTimeOffset signedBefore, CancellationToken stop = default) => Names(store, """
        select s.tenant_id from eventmesh.log_state s
        left join lateral (select c.size, c.at from eventmesh.log_checkpoints c where c.tenant_id = s.tenant_id order by c.size desc limit 1) c on true
        where s.size > coalesce(c.size, 0) and (c.at is null or c.at <= $1) and not exists (select from eventmesh.log_faults f where f.tenant_id = s.tenant_id)
        """, new() { Value = signedBefore.UtcDateTime }, stop);

    /// <summary>Workspaces of whose log something was signed, the next after a name.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<List<string>> SignedAfter(Store store, string after, CancellationToken stop = default) => Names(store, """
        select s.tenant_id from eventmesh.log_state s where s.tenant_id > $1 and exists (select from eventmesh.log_checkpoints c where c.tenant_id = s.tenant_id)
        order by s.tenant_id limit 200
        """, new() { Value = after }, stop);

    private static async Task<List<string>> Names(Store store, string sql, NpgsqlParameter parameter, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(sql);
        command.Parameters.Add(parameter);
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var names = new List<string>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) names.Add(reader.GetString(0));
            return names;
        }).ConfigureAwait(false);
    }

    private static LogHead Read(NpgsqlDataReader reader) => new(LogState.Read(reader), reader.IsDBNull(6) ? null : StoredCheckpoint.Read(reader, 6), reader.IsDBNull(5) ? null : reader.GetString(5));

    private static NpgsqlParameter Ids(string[] workspaces) => new() { Value = workspaces, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };
}
