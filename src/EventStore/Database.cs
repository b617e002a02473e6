using Npgsql;

namespace EventMesh.EventStore;

/// <summary>Connections to PostgreSQL, each under a role that may do one kind of thing.</summary>
internal static class Database
{
    /// <summary>A pool whose sessions start under <paramref name="role"/> and fall back to it when they return to the pool.</summary>
    public static NpgsqlDataSource Pool(string connectionString, string role, int connectionsMax)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // Short write transactions only: a transaction that idles would hold every feed back.
            Options = $"-c role={role} -c idle_in_transaction_session_timeout=60000",
            ApplicationName = role,
            MaxPoolSize = connectionsMax,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    /// <summary>
    /// Sessions that are closed for good when they are let go, and that PostgreSQL gives up within half a minute when their node falls silent:
    /// what a lease is held by. What is written through them can be made again from the feed, so nobody waits for the disk.
    /// </summary>
    public static NpgsqlDataSource Unpooled(string connectionString, string role) =>
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = $"-c role={role} -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c synchronous_commit=off",
            ApplicationName = role + "_lease",
            Pooling = false,
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        }.ConnectionString).Build();

    public static async ValueTask<NpgsqlConnection> Open(NpgsqlDataSource database, CancellationToken stop)
    {
        try
        {
            return await database.OpenConnectionAsync(stop).ConfigureAwait(false);
        }
        catch (NpgsqlException failure) when (IsDown(failure))
        {
            throw new StoreUnavailable(failure);
        }
    }

    /// <summary>Whether the server was not there, went away or is shutting down (SQLSTATE classes 08 and 57P), as against having refused the statement.</summary>
    public static bool IsDown(NpgsqlException failure) =>
        failure is not PostgresException refusal
        || refusal.SqlState.StartsWith("08", StringComparison.Ordinal)
        || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || refusal.SqlState == PostgresErrorCodes.TooManyConnections;
}
