using System.Text.Json;
using Npgsql;

namespace EventMesh.EventStore.Purging;

public static class ReadPurges
{
    private const string Columns = "workspace, streams, step, step_started_at, counts::text, data_keys::text, checkpoint, shut, started_at, finished_at, receipt";

    /// <summary>The purge of a workspace; null when there never was one.</summary>
    public static async Task<PurgeRow?> ReadPurge(this Store store, string workspace, CancellationToken stop = default) =>
        (await Read(store, $"select {Columns} from eventmesh.purges where workspace = $1", [new() { Value = workspace }], stop).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Those that have not finished, the oldest first.</summary>
    public static Task<List<PurgeRow>> ReadUnfinishedPurges(this Store store, CancellationToken stop = default) =>
        Read(store, $"select {Columns} from eventmesh.purges where finished_at is null order by started_at, workspace", [], stop);

    /// <summary>All that there ever were, by workspace.</summary>
    /// <param name="after">The last workspace that was seen; null from the first on.</param>
    public static Task<List<PurgeRow>> ListPurges(this Store store, string? after, int limit, CancellationToken stop = default) =>
        Read(store, $"select {Columns} from eventmesh.purges where workspace > $1 order by workspace limit $2", [new() { Value = after ?? "" }, new() { Value = limit }], stop);

    /// <summary>The workspaces that are shut and whose purge began or ended lately: what every node forgets.</summary>
    public static async Task<IReadOnlyList<string>> ReadShutWorkspaces(this Store store, TimeSpan lately, CancellationToken stop = default) =>
        [.. (await Read(store, $"select {Columns} from eventmesh.purges where shut and (finished_at is null or finished_at > now() - $1)", [new() { Value = lately }], stop).ConfigureAwait(false)).Select(p => p.Workspace)];

    private static async Task<List<PurgeRow>> Read(Store store, string sql, NpgsqlParameter[] parameters, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await Database.Ask(async () =>
        {
            var found = new List<PurgeRow>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(Row(reader));
            return found;
        }).ConfigureAwait(false);
    }

    private static PurgeRow Row(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), Time(reader, 3), JsonSerializer.Deserialize<SortedDictionary<string, long>>(reader.GetString(4), EventTypes.Json)!,
        reader.IsDBNull(5) ? null : JsonSerializer.Deserialize<List<PurgedKey>>(reader.GetString(5), EventTypes.Json),
        reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetBoolean(7), Time(reader, 8), reader.IsDBNull(9) ? null : Time(reader, 9), reader.IsDBNull(10) ? null : reader.GetString(10));

    private static DateTimeOffset Time(NpgsqlDataReader reader, int ordinal) => new(reader.GetDateTime(ordinal), TimeSpan.Zero);
}
