using System.Globalization;
using Npgsql;

namespace EventMesh.EventStore;

/// <summary>The days and classes of retention that payloads are stored by. Days ahead of need, so that no publish ever waits for one.</summary>
public static class PayloadPartitions
{
    private const int DaysAhead = 4;

    // A day that was made whole, by a version that did not know of retention, stays whole. The class that is kept longest has the name that such a day has: nodes of that version find it and make none.
    // Attached, not made in place: that waits for nobody who reads or writes another partition. A transaction for each day, because every feed of the server waits for its oldest.
    private const string Sql = """
        do $$
        declare
          longest constant integer[] := array[{1}];
          payload_day date;
          part text;
        begin
          perform pg_advisory_lock(hashtext('eventmesh.payloads'));
          for after in -1 .. {0} loop
            commit;
            payload_day := current_date + after;
            continue when exists (select from eventmesh.payloads_default p where p.day = payload_day)
              or exists (select from pg_class c where c.oid = to_regclass('eventmesh.payloads_' || to_char(payload_day, 'YYYYMMDD')) and pg_get_expr(c.relpartbound, c.oid) not like '%MAXVALUE%');
            for n in 1 .. cardinality(longest) loop
              part := 'payloads_' || to_char(payload_day, 'YYYYMMDD') || case when n < cardinality(longest) then '_' || longest[n] else '' end;
              continue when to_regclass('eventmesh.' || part) is not null;
              execute format('create table eventmesh.%I (like eventmesh.payloads including defaults including constraints, primary key (tenant_id, id, day))', part);
              execute format('alter table eventmesh.payloads attach partition eventmesh.%I for values from (%L, %s) to (%L, %s)', part,
                payload_day, case when n = 1 then 'minvalue' else (longest[n - 1] + 1)::text end, payload_day, case when n = cardinality(longest) then 'maxvalue' else (longest[n] + 1)::text end);
            end loop;
          end loop;
          commit;
          perform pg_advisory_unlock(hashtext('eventmesh.payloads'));
        end $$
        """;

    /// <summary>Makes the partitions of the next days that are not there. Call it at start and daily.</summary>
    /// <exception cref="PostgresException">A partition is needed and could not be made within ten seconds, for somebody reads the table; try again.</exception>
    public static async Task Ensure(string connectionString, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Options = "-c timezone=UTC -c lock_timeout=10000" }.ConnectionString);
        await connection.OpenAsync(stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(string.Format(CultureInfo.InvariantCulture, Sql, DaysAhead, string.Join(", ", RetentionClasses.Longest)), connection);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
