using System.Reflection;
using Npgsql;

namespace EventMesh.EventStore.Migrations;

/// <summary>A numbered step of one component's schema. A step that was applied is never edited.</summary>
public sealed record Migration(string Component, int Number, string Name, string Sql)
{
    /// <summary>The embedded <c>NNNN_name.sql</c> files of an assembly, in order.</summary>
    public static IReadOnlyList<Migration> In(Assembly assembly, string component)
    {
        var steps = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(r => r.EndsWith(".sql", StringComparison.Ordinal)))
        {
            var name = resource[(resource.LastIndexOf('.', resource.Length - 5) + 1)..^4];
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            steps.Add(new(component, int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture), name[5..], text.ReadToEnd()));
        }
        return [.. steps.OrderBy(s => s.Number)];
    }
}

/// <summary>Applies what a database lacks, one transaction a step, while other nodes wait.</summary>
public static class Migrator
{
    // Any number, as long as it is always this one.
    private const long Lock = 0x45_56_4d_53_48;
    private const int AttemptsMax = 20;

    /// <exception cref="InvalidOperationException">The database was restored into a server whose transaction counter is behind its events.</exception>
    public static async Task Apply(string connectionString, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "eventmesh_migrator", Pooling = false }.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(stop).ConfigureAwait(false);
        await Run(connection, "select pg_advisory_lock($1)", stop, Lock).ConfigureAwait(false);
        await Run(connection, """
            create schema if not exists eventmesh;
            create table if not exists eventmesh.migrations (
              component text not null, number integer not null, name text not null, applied_at timestamptz not null default now(), primary key (component, number))
            """, stop).ConfigureAwait(false);

        var applied = new HashSet<(string, int)>();
        await using (var command = new NpgsqlCommand("select component, number from eventmesh.migrations", connection))
        await using (var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false))
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) applied.Add((reader.GetString(0), reader.GetInt32(1)));

        foreach (var step in migrations.Where(m => !applied.Contains((m.Component, m.Number))))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await Apply(connection, step, stop).ConfigureAwait(false);
                    break;
                }
                catch (PostgresException collided) when (attempt < AttemptsMax && IsCollision(collided))
                {
                    // Roles belong to the whole server, and the lock to one database: another database was migrated in the same moment.
                }
            }
        }
        await RefuseRewoundTransactions(connection, stop).ConfigureAwait(false);
    }

    private static async Task Apply(NpgsqlConnection connection, Migration step, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        await Run(connection, step.Sql, stop).ConfigureAwait(false);
        await Run(connection, "insert into eventmesh.migrations (component, number, name) values ($1, $2, $3)", stop, step.Component, step.Number, step.Name).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
    }

    // "tuple concurrently updated" is all that PostgreSQL says of two grants of one role; it has no SQLSTATE of its own.
    private static bool IsCollision(PostgresException refusal) =>
        refusal.SqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>
    /// A dump restored into a new server keeps the events' transaction ids and loses the server's counter: new events would sort before old ones.
    /// </summary>
    private static async Task RefuseRewoundTransactions(NpgsqlConnection connection, CancellationToken stop)
    {
        // As the feed: row-level security hides the events from whoever owns the tables.
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        await Run(connection, "set local role eventmesh_feed", stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("select xid >= pg_snapshot_xmax(pg_current_snapshot()) from public.mt_events order by xid desc, seq_id desc limit 1", connection);
        if (await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true)
            throw new InvalidOperationException(
                "This database holds events written by transactions that this PostgreSQL server has not reached yet: it was restored from a logical dump. "
                + "Restore it from a base backup, or advance the server's transaction counter with pg_resetwal --next-transaction-id before the first start.");
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken stop, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }
}
