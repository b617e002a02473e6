using System.Globalization;
using Npgsql;

namespace EventMesh.EventStore;

/// <summary>
/// Lets payloads go when nobody may read them any more: whole partitions, never rows. A partition is dropped in a transaction of its own that waits a tenth of a second for its lock and otherwise
/// tries again later, so that whoever publishes or reads waits no longer than that.
/// </summary>
public static class ExpiredPayloads
{
    private const int AttemptsMax = 20;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(0.5);

    private const string TryLockSql = "select pg_try_advisory_lock(hashtext('eventmesh.payloads expired'))";
    private const string UnlockSql = "select pg_advisory_unlock(hashtext('eventmesh.payloads expired'))";

    private const string PartitionsSql = """
        select format('eventmesh.%I', c.relname), (regexp_match(b.bound, 'FROM \(''([0-9-]+)'''))[1]::date, (regexp_match(b.bound, 'TO \(''[0-9-]+'', ''?([0-9]+)'))[1]::integer - 1, b.bound like '%MAXVALUE%'
        from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound) b
        where i.inhparent = 'eventmesh.payloads'::regclass and b.bound <> 'DEFAULT' order by 2, 1
        """;

    /// <param name="Longest">The longest retention of its rows; null when the day is whole.</param>
    private readonly record struct Partition(string Name, DateOnly Day, int? Longest);

    /// <summary>Drops what is over. While another session does so, nothing.</summary>
    /// <param name="today">UTC.</param>
    /// <param name="planDays">How long a workspace's plan keeps payloads that do not say it themselves; null when it is not known.</param>
    /// <returns>The tables that are gone, and those that were in use all the time and are tried again next time.</returns>
    public static async Task<(IReadOnlyList<string> Dropped, IReadOnlyList<string> Busy)> Drop(
        string connectionString, DateOnly today, Func<string, int?> planDays, TimeProvider clock, CancellationToken stop)
    {
        var (dropped, busy) = (new List<string>(), new List<string>());
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false, Options = "-c timezone=UTC -c lock_timeout=100", ApplicationName = "eventmesh_retention", CommandTimeout = 0,
        }.ConnectionString);
        await connection.OpenAsync(stop).ConfigureAwait(false);
        if ((bool)(await Scalar(connection, TryLockSql, stop).ConfigureAwait(false))! is false) return (dropped, busy);

        foreach (var partition in await Partitions(connection, stop).ConfigureAwait(false))
        {
            if (!await IsOver(connection, partition, today, planDays, stop).ConfigureAwait(false)) continue;
            (await Try(connection, $"drop table {partition.Name}", clock, stop).ConfigureAwait(false) ? dropped : busy).Add(partition.Name);
        }
        await EmptyDefault(connection, today, clock, stop).ConfigureAwait(false);
        await Scalar(connection, UnlockSql, stop).ConfigureAwait(false);
        return (dropped, busy);
    }

    private static async Task<bool> IsOver(NpgsqlConnection connection, Partition partition, DateOnly today, Func<string, int?> planDays, CancellationToken stop)
    {
        // Nothing is written to a day that has passed; a request that began before midnight may still be on its way.
        if (partition.Day >= today.AddDays(-1)) return false;
        if (partition.Longest is { } longest && today > partition.Day.AddDays(longest)) return true;
        if ((bool)(await Scalar(connection, $"select not exists (select from {partition.Name})", stop).ConfigureAwait(false))!) return true;
        if (partition.Longest is not null || today <= partition.Day.AddDays(RetentionClasses.Longest[0])) return false;

        // Of a whole day, who has rows in it and how long they are kept. There are such days only until those are over that were there before days were divided.
        await using var command = new NpgsqlCommand($"select tenant_id, max(retention) filter (where retention < {RetentionClasses.AsThePlanSays}), bool_or(retention = {RetentionClasses.AsThePlanSays}) from {partition.Name} group by 1", connection);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            var kept = Math.Max(reader.IsDBNull(1) ? 0 : reader.GetInt16(1), reader.GetBoolean(2) ? planDays(reader.GetString(0)) ?? RetentionClasses.RetentionDaysMax : 0);
            if (today <= partition.Day.AddDays(kept)) return false;
        }
        return true;
    }

    // The net that holds what found no partition, which is hardly ever anything: emptied as a whole when all of it is over.
    private static async Task EmptyDefault(NpgsqlConnection connection, DateOnly today, TimeProvider clock, CancellationToken stop)
    {
        var over = string.Create(CultureInfo.InvariantCulture, $"exists (select from eventmesh.payloads_default) and not exists (select from eventmesh.payloads_default p where p.day + p.retention >= '{today:yyyy-MM-dd}')");
        if (!(bool)(await Scalar(connection, $"select {over}", stop).ConfigureAwait(false))!) return;
        await Try(connection, $"do $$ begin lock table eventmesh.payloads_default; if {over} then truncate eventmesh.payloads_default; end if; end $$", clock, stop).ConfigureAwait(false);
    }

    private static async Task<bool> Try(NpgsqlConnection connection, string sql, TimeProvider clock, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Scalar(connection, sql, stop).ConfigureAwait(false);
                return true;
            }
            catch (PostgresException held) when (held.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == AttemptsMax) return false;
                await Task.Delay(BetweenAttempts, clock, stop).ConfigureAwait(false);
            }
        }
    }

    private static async Task<List<Partition>> Partitions(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(PartitionsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var found = new List<Partition>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
            found.Add(new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetBoolean(3) ? RetentionClasses.RetentionDaysMax : reader.IsDBNull(2) ? null : reader.GetInt32(2)));
        return found;
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(stop).ConfigureAwait(false);
    }
}
