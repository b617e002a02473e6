using Npgsql;

namespace EventMesh.EventStore;

/// <summary>The days that payloads are stored by. Days ahead of need, so that no publish ever waits for one.</summary>
public static class PayloadPartitions
{
    private const int DaysAhead = 14;

    private const string Sql = """
        do $$
        declare
          payload_day date;
        begin
          perform pg_advisory_xact_lock(hashtext('eventmesh.payloads'));
          for payload_day in select d::date from generate_series(current_date - 1, current_date + {0}, interval '1 day') d loop
            if to_regclass('eventmesh.payloads_' || to_char(payload_day, 'YYYYMMDD')) is null
               and not exists (select from eventmesh.payloads_default p where p.day = payload_day) then
              execute format('create table eventmesh.payloads_%s partition of eventmesh.payloads for values from (%L) to (%L)', to_char(payload_day, 'YYYYMMDD'), payload_day, payload_day + 1);
            end if;
          end loop;
        end $$
        """;

    /// <summary>Makes the partitions of the next two weeks that are not there. Call it at start and at least once a week: daily is good.</summary>
    /// <exception cref="PostgresException">A partition is needed and could not be made within ten seconds, for somebody reads the table; try again.</exception>
    public static async Task Ensure(string connectionString, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Options = "-c timezone=UTC -c lock_timeout=10000" }.ConnectionString);
        await connection.OpenAsync(stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, Sql, DaysAhead), connection);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
