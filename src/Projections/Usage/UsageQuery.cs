using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Usage;

/// <summary>What a workspace used in a month.</summary>
/// <param name="Exceeded">The limits that it exceeded, by name.</param>
public sealed record UsageView(string Workspace, long Events, long Bytes, long Deliveries, long Attempts, long Failures, IReadOnlyList<string> Exceeded)
{
    public static UsageView None(string workspace) => new(workspace, 0, 0, 0, 0, 0, []);
}

public static class UsageQuery
{
    private const string Columns = "u.events, u.bytes, u.deliveries, u.attempts, u.failures, u.exceeded";

    // Whoever used nothing has no row, and is the quietest of all.
    private static string AllSql(bool noisiest) => $"""
        select * from (
          select w.id, coalesce(u.events, 0) as events, coalesce(u.bytes, 0), coalesce(u.deliveries, 0), coalesce(u.attempts, 0), coalesce(u.failures, 0), coalesce(u.exceeded, array[]::varchar[])
          from unnest($1) as w(id)
          left join eventmesh.usage u on u.tenant_id = w.id and u.period = $2 and u.generation = coalesce((
            select g.generation from eventmesh.read_model_generations g where g.model = 'usage' and g.tenant_id = w.id), 0)
        ) w
        where w.events {(noisiest ? "<" : ">")} $3 or (w.events = $3 and w.id collate "C" > $4)
        order by w.events {(noisiest ? "desc" : "asc")}, w.id collate "C" limit $5
        """;

    /// <param name="period">A month: <c>2026-11</c>.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<UsageView> Of(WorkspaceStore store, string period, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand($"select {Columns} from eventmesh.usage u where u.period = $1") { Parameters = { new() { Value = period } } });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false) ? Read(store.Workspace, reader, 0) : UsageView.None(store.Workspace);
    }

    /// <summary>Of many workspaces, by how many events they published and then by id.</summary>
    /// <param name="after">The last of the page before.</param>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<List<UsageView>> All(
        Store store, IReadOnlyCollection<string> workspaces, string period, bool noisiest, (long Events, string Workspace)? after, int limit, CancellationToken stop = default)
    {
        var (events, workspace) = after ?? (noisiest ? long.MaxValue : -1, "");
        await using var command = store.Feed.CreateCommand(AllSql(noisiest));
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, Value = workspaces.ToArray() });
        command.Parameters.Add(new() { Value = period });
        command.Parameters.Add(new() { Value = events });
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = limit });
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var all = new List<UsageView>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) all.Add(Read(reader.GetString(0), reader, 1));
            return all;
        }).ConfigureAwait(false);
    }

    private static UsageView Read(string workspace, NpgsqlDataReader reader, int first) => new(
        workspace, reader.GetInt64(first), reader.GetInt64(first + 1), reader.GetInt64(first + 2), reader.GetInt64(first + 3), reader.GetInt64(first + 4), reader.GetFieldValue<string[]>(first + 5));
}
