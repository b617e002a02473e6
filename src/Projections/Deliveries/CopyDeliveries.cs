using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Deliveries;

internal static class CopyDeliveries
{
    private const string Columns =
        "tenant_id, id, generation, event_id, accepted_at, connection_id, rule_id, status, attempts, next_attempt_at, created_xid, created_seq, last_xid, last_seq";

    /// <summary>Adds rows to a table that has none of them, in one transaction.</summary>
    public static async Task Run(NpgsqlConnection connection, string table, DeliveryRow[] rows, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} ({Columns}) from stdin (format binary)", stop).ConfigureAwait(false);
        // Written to the buffer of the connection; only when it is full is there anything to wait for.
        foreach (var row in rows)
        {
            await copy.StartRowAsync(stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Workspace, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(0, NpgsqlDbType.Integer, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Event, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.AcceptedAt.UtcDateTime, NpgsqlDbType.TimestampTz, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Connection, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Rule, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Status, NpgsqlDbType.Varchar, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Attempts, NpgsqlDbType.Integer, stop).ConfigureAwait(false);
            if (row.NextAttemptAt is { } next) await copy.WriteAsync(next.UtcDateTime, NpgsqlDbType.TimestampTz, stop).ConfigureAwait(false);
            else await copy.WriteNullAsync(stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Created.Transaction, NpgsqlDbType.Xid8, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Created.Sequence, NpgsqlDbType.Bigint, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Last.Transaction, NpgsqlDbType.Xid8, stop).ConfigureAwait(false);
            await copy.WriteAsync(row.Last.Sequence, NpgsqlDbType.Bigint, stop).ConfigureAwait(false);
        }
        await copy.CompleteAsync(stop).ConfigureAwait(false);
    }
}
