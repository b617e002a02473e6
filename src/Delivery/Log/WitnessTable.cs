using EventMesh.EventStore;
using EventMesh.Projections.Log;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Delivery.Log;

/// <summary>A witness that lacks checkpoints of a workspace.</summary>
/// <param name="Pushed">The size of the last that it has; 0: none.</param>
/// <param name="Failures">How often in a row it could not be given the next.</param>
public sealed record Lagging(string Workspace, string Witness, long Pushed, int Failures);

/// <summary>What each witness has.</summary>
internal sealed class WitnessTable(Store store)
{
    private const string LaggingSql = """
        select p.tenant_id, p.witness, coalesce(w.pushed, 0), coalesce(w.failures, 0)
        from (select * from unnest($1, $2) as o(tenant_id, witness)
          union select s.tenant_id, a.witness from eventmesh.log_state s cross join unnest($3) as a(witness)) p
        join lateral (select c.size from eventmesh.log_checkpoints c where c.tenant_id = p.tenant_id order by c.size desc limit 1) c on true
        left join eventmesh.log_witnesses w on w.tenant_id = p.tenant_id and w.witness = p.witness
        where c.size > coalesce(w.pushed, 0) and (w.next_at is null or w.next_at <= $4)
        order by w.pushed_at nulls first limit 1000
        """;

    private const string NextSql = $"select {StoredCheckpoint.Columns} from eventmesh.log_checkpoints c where c.tenant_id = $1 and c.size > $2 order by c.size limit $3";

    private const string KeptSql = """
        with cosigned as (
          update eventmesh.log_checkpoints c set cosignatures = c.cosignatures || $5 where $5 <> '' and c.tenant_id = $1 and c.size = $3 and position($5 in c.cosignatures) = 0 returning 1)
        insert into eventmesh.log_witnesses (tenant_id, witness, pushed, pushed_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, witness) do update set pushed = greatest(eventmesh.log_witnesses.pushed, excluded.pushed), pushed_at = excluded.pushed_at, failures = 0, next_at = null
        """;

    private const string FailedSql = """
        insert into eventmesh.log_witnesses (tenant_id, witness, failures, last_error, failed_at, next_at) values ($1, $2, 1, $3, $4, $5)
        on conflict (tenant_id, witness) do update set failures = eventmesh.log_witnesses.failures + 1, last_error = excluded.last_error, failed_at = excluded.failed_at, next_at = excluded.next_at
        """;

    /// <param name="own">Witnesses of single workspaces.</param>
    /// <param name="ofAll">Witnesses of every workspace.</param>
    public Task<List<Lagging>> Lagging(IReadOnlyList<(string Workspace, string Witness)> own, IReadOnlyList<string> ofAll, DateTimeOffset now, CancellationToken stop) => Read(LaggingSql,
        [Texts(own.Select(o => o.Workspace)), Texts(own.Select(o => o.Witness)), Texts(ofAll), new() { Value = now.UtcDateTime }],
        r => new Lagging(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt32(3)), stop);

    /// <summary>The checkpoints of a workspace after a size, smallest first.</summary>
    public Task<List<StoredCheckpoint>> Next(string workspace, long after, int limit, CancellationToken stop) =>
        Read(NextSql, [new() { Value = workspace }, new() { Value = after }, new() { Value = limit }], r => StoredCheckpoint.Read(r), stop);

    public Task Kept(Lagging to, long size, string cosignatures, DateTimeOffset at, CancellationToken stop) =>
        Write(KeptSql, [new() { Value = to.Workspace }, new() { Value = to.Witness }, new() { Value = size }, new() { Value = at.UtcDateTime }, new() { Value = cosignatures }], stop);

    public Task Failed(Lagging to, string error, DateTimeOffset at, DateTimeOffset nextAt, CancellationToken stop) =>
        Write(FailedSql, [new() { Value = to.Workspace }, new() { Value = to.Witness }, new() { Value = error }, new() { Value = at.UtcDateTime }, new() { Value = nextAt.UtcDateTime }], stop);

    private async Task<List<T>> Read<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> row, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) rows.Add(row(reader));
            return rows;
        }).ConfigureAwait(false);
    }

    private async Task Write(string sql, NpgsqlParameter[] parameters, CancellationToken stop)
    {
        await using var command = store.Feed.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await Database.Ask(() => command.ExecuteNonQueryAsync(stop)).ConfigureAwait(false);
    }

    private static NpgsqlParameter Texts(IEnumerable<string> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };
}
