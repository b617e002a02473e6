using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Inbound;

/// <summary>How often something became of requests to a source, and when last.</summary>
/// <param name="Outcome"><c>accepted</c>, <c>duplicate</c>, or the name of a refusal.</param>
public readonly record struct InboundCount(string Workspace, string Source, string Outcome, long Count, DateTimeOffset LastAt);

/// <summary>The table of <see cref="InboundCount"/>. Statistics, not history: a node that is killed takes the last second's with it.</summary>
public static class InboundCounts
{
    private const string AddSql = """
        insert into eventmesh.inbound_counts as c (tenant_id, source_id, outcome, count, last_at)
        select * from unnest($1, $2, $3, $4, $5)
        on conflict (tenant_id, source_id, outcome) do update set count = c.count + excluded.count, last_at = greatest(c.last_at, excluded.last_at)
        """;

    /// <summary>Adds to the table, several sources in one statement. An outcome of a source may stand in the list once.</summary>
    public static async Task Add(Store store, IReadOnlyList<InboundCount> counted, CancellationToken stop)
    {
        // Every node takes rows in one order, so that two do not wait for each other crosswise.
        counted = [.. counted.OrderBy(c => c.Workspace, StringComparer.Ordinal).ThenBy(c => c.Source, StringComparer.Ordinal).ThenBy(c => c.Outcome, StringComparer.Ordinal)];
        await using var command = store.Feed.CreateCommand(AddSql);
        Column(NpgsqlDbType.Varchar, c => c.Workspace);
        Column(NpgsqlDbType.Varchar, c => c.Source);
        Column(NpgsqlDbType.Varchar, c => c.Outcome);
        Column(NpgsqlDbType.Bigint, c => c.Count);
        Column(NpgsqlDbType.TimestampTz, c => c.LastAt.UtcDateTime);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);

        void Column<T>(NpgsqlDbType type, Func<InboundCount, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = counted.Select(value).ToArray() });
    }

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<IReadOnlyList<InboundCount>> Read(WorkspaceStore store, string source, CancellationToken stop)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select outcome, count, last_at from eventmesh.inbound_counts where source_id = $1 order by outcome")
        {
            Parameters = { new() { Value = source } },
        });
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        await reader.NextResultAsync(stop).ConfigureAwait(false);
        var counts = new List<InboundCount>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
            counts.Add(new(store.Workspace, source, reader.GetString(0), reader.GetInt64(1), new(reader.GetDateTime(2), TimeSpan.Zero)));
        return counts;
    }
}
