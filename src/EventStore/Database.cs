using Npgsql;

namespace EventMesh.EventStore;

/// <summary>Connections to PostgreSQL, each under a role that may do one kind of thing.</summary>
public static class Database
{
    // Plans are kept for long, and the first are made while the tables are empty, where PostgreSQL would rather read them whole: a feed or an append that did so
    // a minute later would read millions of rows. What is asked while the platform runs is all answered from an index.
    private const string FromIndexes = " -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    /// <summary>A pool whose sessions run under <paramref name="role"/>.</summary>
    internal static NpgsqlDataSource Pool(string connectionString, string role, int connectionsMax) =>
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
        {
            // Short write transactions only: a transaction that idles would hold every feed back.
            Options = $"-c role={role} -c idle_in_transaction_session_timeout=60000{FromIndexes}",
            ApplicationName = role,
            MaxPoolSize = connectionsMax,
            // Pages of events: fewer and larger pieces.
            ReadBufferSize = 64 * 1024,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            // What we set, we set for one transaction. So there is nothing to reset, which would cost every use of a session a handful of statements.
            NoResetOnClose = true,
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        }.ConnectionString).Build();

    /// <summary>
    /// Sessions that append, each kept open by its lane. Their plans are made once: planning would cost more than running.
    /// </summary>
    internal static NpgsqlDataSource Appending(string connectionString) =>
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = $"-c role=eventmesh_append -c plan_cache_mode=force_generic_plan{FromIndexes}",
            ApplicationName = "eventmesh_append",
            Pooling = false,
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        }.ConnectionString).Build();

    /// <summary>
    /// Sessions that are closed for good when they are let go, and that PostgreSQL gives up within half a minute when their node falls silent:
    /// what a lease is held by. What is written through them can be made again from the feed, so nobody waits for the disk.
    /// </summary>
    internal static NpgsqlDataSource Unpooled(string connectionString, string role) =>
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = $"-c role={role} -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c synchronous_commit=off",
            ApplicationName = role + "_lease",
            Pooling = false,
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        }.ConnectionString).Build();

    internal static Task<NpgsqlConnection> Open(NpgsqlDataSource database, CancellationToken stop) => Ask(() => database.OpenConnectionAsync(stop).AsTask());

    /// <summary>Asks the database something; the one place that tells a database that is away from one that refuses.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (IsDown(failure))
        {
            throw new StoreUnavailable(failure);
        }
        catch (Exception failure) when (failure.GetType() == typeof(Exception))
        {
            // So Npgsql says, and nobody else does, that an answer does not fit its question: what an earlier, cancelled statement left came first. It has closed the connection.
            throw new StoreUnavailable(failure);
        }
    }

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task Ask(Func<Task> question) => Ask(async () =>
    {
        await question().ConfigureAwait(false);
        return true;
    });

    /// <summary>Whether the server was not there, went away or is shutting down (SQLSTATE classes 08 and 57P), as against having refused the statement.</summary>
    internal static bool IsDown(NpgsqlException failure) =>
        failure is not PostgresException refusal
        || refusal.SqlState.StartsWith("08", StringComparison.Ordinal)
        || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || refusal.SqlState == PostgresErrorCodes.TooManyConnections;
}
