using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Api.Consumers;

/// <summary>How far a consumer has come.</summary>
/// <param name="Position">Null: nothing was acknowledged in this generation.</param>
public sealed record ConsumerPosition(long Generation, Position? Position, DateTimeOffset? MovedAt, DateTimeOffset SeenAt);

/// <summary>The positions of a workspace's consumers. Moving one is no event: it would double the history of whoever reads it.</summary>
public sealed class ConsumerPositions(Store store)
{
    private const string ReadSql = "select name, generation, xid, seq_id, moved_at, seen_at from eventmesh.consumers where $1 is null or name = $1";

    // Whoever moves it says where they found it: of two who read the same events one wins, and the other hears of it.
    private const string MoveSql = """
        insert into eventmesh.consumers as c (tenant_id, name, generation, xid, seq_id, moved_at, seen_at) values ($1, $2, $3, $4, $5, $8, $8)
        on conflict (tenant_id, name) do update set generation = excluded.generation, xid = excluded.xid, seq_id = excluded.seq_id, moved_at = excluded.moved_at, seen_at = excluded.seen_at
        where c.generation < excluded.generation or (c.generation = excluded.generation and ((c.xid is null and $9) or (c.xid, c.seq_id) = ($6, $7)))
        returning true
        """;

    private const string SeenSql = """
        insert into eventmesh.consumers as c (tenant_id, name, generation, seen_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, name) do update set seen_at = excluded.seen_at,
          generation = excluded.generation, xid = case when c.generation = excluded.generation then c.xid end, seq_id = case when c.generation = excluded.generation then c.seq_id end,
          moved_at = case when c.generation = excluded.generation then c.moved_at end
        where c.generation <= excluded.generation and (c.generation < excluded.generation or c.seen_at < excluded.seen_at - interval '10 seconds')
        """;

    private const string LagSql = """
        select count(*), min(l.timestamp) from (
          select e.timestamp from public.mt_events e where (e.xid, e.seq_id) > ($1, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) order by e.xid, e.seq_id limit $3
        ) l
        """;

    /// <summary>Those of a workspace, by name; or the one that <paramref name="name"/> names.</summary>
    public async Task<Dictionary<string, ConsumerPosition>> Read(string workspace, string? name, CancellationToken stop)
    {
        var found = new Dictionary<string, ConsumerPosition>(StringComparer.Ordinal);
        await Ask(workspace, [new NpgsqlBatchCommand(ReadSql) { Parameters = { new() { Value = (object?)name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar } } }], reader =>
        {
            found[reader.GetString(0)] = new(reader.GetInt64(1), reader.IsDBNull(2) ? null : new Position(reader.GetFieldValue<ulong>(2), reader.GetInt64(3)),
                Time(reader, 4), Time(reader, 5)!.Value);
        }, stop).ConfigureAwait(false);
        return found;
    }

    /// <summary>Moves a consumer that stands at <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="atStart">Whether <paramref name="from"/> is where its generation began.</param>
    /// <returns>False when it stands elsewhere.</returns>
    public async Task<bool> Move(string workspace, string name, long generation, Position from, bool atStart, Position to, DateTimeOffset now, CancellationToken stop)
    {
        var moved = false;
        var statement = Statement(MoveSql, workspace, name, generation);
        foreach (var position in new[] { to, from })
        {
            statement.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
            statement.Parameters.Add(new() { Value = position.Sequence });
        }
        statement.Parameters.Add(new() { Value = now.UtcDateTime });
        statement.Parameters.Add(new() { Value = atStart });
        await Ask(workspace, [statement], _ => moved = true, stop).ConfigureAwait(false);
        return moved;
    }

    /// <summary>Notes that a consumer was there, not more often than every ten seconds.</summary>
    public Task Seen(string workspace, string name, long generation, DateTimeOffset now, CancellationToken stop)
    {
        var statement = Statement(SeenSql, workspace, name, generation);
        statement.Parameters.Add(new() { Value = now.UtcDateTime });
        return Ask(workspace, [statement], _ => { }, stop);
    }

    /// <summary>For each position, how many events of the workspace follow it, counted up to a bound, and when the earliest of them happened.</summary>
    public async Task<IReadOnlyList<(int Events, DateTimeOffset? Since)>> Lags(string workspace, IReadOnlyList<Position> positions, int countedMax, CancellationToken stop)
    {
        var lags = new List<(int, DateTimeOffset?)>();
        var statements = positions.Select(p => new NpgsqlBatchCommand(LagSql)
        {
            Parameters = { new() { Value = p.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = p.Sequence }, new() { Value = countedMax } },
        });
        if (positions.Count > 0) await Ask(workspace, [.. statements], reader => lags.Add(((int)reader.GetInt64(0), Time(reader, 1))), stop).ConfigureAwait(false);
        return lags;
    }

    /// <summary>How many consumers a workspace has.</summary>
    public async Task<long> Count(string workspace, CancellationToken stop)
    {
        var count = 0L;
        await Ask(workspace, [new NpgsqlBatchCommand("select count(*) from eventmesh.consumers")], reader => count = reader.GetInt64(0), stop).ConfigureAwait(false);
        return count;
    }

    /// <summary>Forgets one that is deleted, unless its name was given anew meanwhile.</summary>
    public Task Forget(string workspace, string name, long generation, CancellationToken stop) => Ask(workspace,
        [new NpgsqlBatchCommand("delete from eventmesh.consumers where name = $1 and generation <= $2") { Parameters = { new() { Value = name }, new() { Value = generation } } }], _ => { }, stop);

    private static NpgsqlBatchCommand Statement(string sql, string workspace, string name, long generation) => new(sql)
    {
        Parameters = { new() { Value = workspace }, new() { Value = name }, new() { Value = generation } },
    };

    private async Task Ask(string workspace, NpgsqlBatchCommand[] statements, Action<NpgsqlDataReader> row, CancellationToken stop)
    {
        await using var session = await store.For(workspace).Session(stop).ConfigureAwait(false);
        session.Add(workspace, statements);
        await using var reader = await session.Run(stop).ConfigureAwait(false);
        // To the end of the results: an error of the commit comes after them.
        while (await reader.NextResultAsync(stop).ConfigureAwait(false))
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) row(reader);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new DateTimeOffset(reader.GetDateTime(ordinal), TimeSpan.Zero);
}
