using EventMesh.EventStore.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Sealing;

/// <summary>What a step of a rotation did.</summary>
/// <param name="Retire">Data keys of which nothing is left: say so in the workspace's history, then call <see cref="Resealing.Retire"/>. Empty: there is more to do.</param>
/// <param name="Kept">Those of them that stay for what does not open: whoever repairs it needs them.</param>
/// <param name="Waits">Whether it waits for others, so that there is no hurry to step again.</param>
public sealed record ResealStep(IReadOnlyList<int> Retire, IReadOnlyList<int> Kept, IReadOnlyList<SealBroken> Broken, bool Waits);

/// <summary>
/// Seals anew with a workspace's current data key what older ones sealed, a step at a time; each step is found in the table and can be done twice, so whoever holds the lease goes on where
/// the one before ended, however it ended. Secrets and values of other tables first, then payloads; then the older keys are closed, transactions that may have seen them open are waited for, and what those left is
/// swept up.
/// </summary>
public sealed class Resealing(Store store, FeedLease lease)
{
    private const string RotatingSql = "select k.tenant_id, max(k.number) from eventmesh.data_keys k where k.retired_at is null group by k.tenant_id having count(*) > 1";

    private const string BeginSql = """
        insert into eventmesh.data_key_rotations (tenant_id, number, phase, total)
        select $1, $2, 'sealing', (select count(*) from eventmesh.payloads p where p.tenant_id = $1 and p.key_number is distinct from $2)
          + (select count(*) from eventmesh.secrets s where s.tenant_id = $1 and s.key_number is distinct from $2 and s.destroyed_at is null)
        where not exists (select from eventmesh.data_key_rotations r where r.tenant_id = $1 and r.number = $2)
        """;

    private const string ReadSql = "select r.phase, r.after_id, r.after_day, coalesce(r.fence <= pg_snapshot_xmin(pg_current_snapshot()), false) from eventmesh.data_key_rotations r where r.tenant_id = $1 and r.number = $2";
    private const string MoveSql = "update eventmesh.data_key_rotations r set done = r.done + $3, after_id = $4, after_day = $5 where r.tenant_id = $1 and r.number = $2";

    private const string ClosingSql = """
        update eventmesh.data_key_rotations r set phase = 'closing', fence = pg_snapshot_xmax(pg_current_snapshot()), after_id = null, after_day = null where r.tenant_id = $1 and r.number = $2
        """;

    private const string SweepingSql = "update eventmesh.data_key_rotations r set phase = 'sweeping' where r.tenant_id = $1 and r.number = $2";
    private const string DoneSql = "update eventmesh.data_key_rotations r set phase = 'done', finished_at = now() where r.tenant_id = $1 and r.number = $2";
    private const string OlderSql = "select k.number, eventmesh.seals_anything(k.tenant_id, k.number) from eventmesh.data_keys k where k.tenant_id = $1 and k.number < $2 and k.wrapped is not null order by k.number";
    private const string PlainSql = "select p.tenant_id from eventmesh.payloads p where p.key_number is null limit 1";
    private const string PlainSecretsSql = "select s.tenant_id from eventmesh.secrets s where s.key_number is null and s.destroyed_at is null limit 1";

    private UnwrappedKeys Keys { get; } = store.Seals.Keys ?? throw new InvalidOperationException("Nothing is sealed here.");

    /// <summary>The workspaces in which an older data key is not retired, each with the number of its current one.</summary>
    public async Task<IReadOnlyList<(string Workspace, int Number)>> Rotating(CancellationToken stop) =>
        await Read(RotatingSql, reader => (reader.GetString(0), reader.GetInt32(1)), stop).ConfigureAwait(false);

    /// <summary>Takes a workspace one step further.</summary>
    public async Task<ResealStep> Step(string workspace, int number, CancellationToken stop)
    {
        NpgsqlParameter[] Of(params NpgsqlParameter[] more) => [Text(workspace), new() { Value = number }, .. more];
        await Run(BeginSql, stop, Of()).ConfigureAwait(false);
        var (phase, id, day, passed) = (await Read(ReadSql, r => (r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.IsDBNull(2) ? (DateOnly?)null : r.GetFieldValue<DateOnly>(2), r.GetBoolean(3)), stop, Of()).ConfigureAwait(false))[0];
        if (phase == "closing" && !passed) return new([], [], [], Waits: true);
        if (phase == "closing") await Run(SweepingSql, stop, Of()).ConfigureAwait(false);

        // Read anew: this process may have kept what was current before.
        Keys.Forget(workspace);
        var keys = await Keys.Read(workspace, make: false).WaitAsync(stop).ConfigureAwait(false);
        if (keys.Current?.Number != number) return new([], [], [], Waits: true);
        var (secrets, broken) = id is null ? await ResealSecrets.All(store, workspace, keys, stop).ConfigureAwait(false) : (0, []);
        var (values, brokenValues) = id is null ? await ResealValues.All(store, lease, workspace, keys, stop).ConfigureAwait(false) : (0, []);
        var payloads = await ResealPayloads.Next(store, lease, workspace, keys, new(id, day), stop).ConfigureAwait(false);
        await Run(MoveSql, stop, Of(new() { Value = (long)secrets + values + payloads.Count }, Text(payloads.Next?.Id), new() { Value = (object?)payloads.Next?.Day ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date })).ConfigureAwait(false);
        broken = [.. broken, .. brokenValues, .. payloads.Broken];
        if (payloads.Next is not null) return new([], [], broken, Waits: false);
        if (phase == "sealing")
        {
            await Run("select eventmesh.close_data_keys($1, $2)", stop, Of()).ConfigureAwait(false);
            await Run(ClosingSql, stop, Of()).ConfigureAwait(false);
            return new([], [], broken, Waits: false);
        }
        var older = await Read(OlderSql, r => (Number: r.GetInt32(0), Kept: r.GetBoolean(1)), stop, Of()).ConfigureAwait(false);
        return new([.. older.Select(o => o.Number)], [.. older.Where(o => o.Kept).Select(o => o.Number)], broken, Waits: false);
    }

    /// <summary>Destroys the older keys that a step named, but for those that are kept, and ends the rotation.</summary>
    public async Task Retire(string workspace, int number, IReadOnlyList<int> older, CancellationToken stop)
    {
        foreach (var old in older) await Run("select eventmesh.retire_data_key($1, $2)", stop, [Text(workspace), new() { Value = old }]).ConfigureAwait(false);
        await Run(DoneSql, stop, [Text(workspace), new() { Value = number }]).ConfigureAwait(false);
        Keys.Forget(workspace);
    }

    /// <summary>Seals a batch of what is still plain from before anything was sealed.</summary>
    /// <returns>False when nothing is plain any more.</returns>
    public async Task<bool> SealPlain(CancellationToken stop)
    {
        var plain = await Read(PlainSql, r => r.GetString(0), stop).ConfigureAwait(false);
        if (plain.Count == 0) plain = await Read(PlainSecretsSql, r => r.GetString(0), stop).ConfigureAwait(false);
        if (plain.Count == 0) return false;
        var keys = await Keys.Read(plain[0], make: true).WaitAsync(stop).ConfigureAwait(false);
        await ResealSecrets.All(store, plain[0], keys, stop).ConfigureAwait(false);
        for (PayloadCursor? next = default(PayloadCursor); next is { } after;)
            next = (await ResealPayloads.Next(store, lease, plain[0], keys, after, stop).ConfigureAwait(false)).Next;
        return true;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };

    // Through the session that holds the lease: whoever lost it writes nothing.
    private async Task Run(string sql, CancellationToken stop, NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, lease.Connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        await Database.Ask(() => command.ExecuteNonQueryAsync(stop)).ConfigureAwait(false);
    }

    private async Task<List<T>> Read<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken stop, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, lease.Connection);
        command.Parameters.AddRange(parameters);
        return await Database.Ask(async () =>
        {
            var found = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(read(reader));
            return found;
        }).ConfigureAwait(false);
    }
}
