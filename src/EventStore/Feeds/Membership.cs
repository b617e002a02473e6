using Npgsql;

namespace EventMesh.EventStore.Feeds;

/// <summary>
/// The live processes of a group. Each holds an advisory lock of its own in a session of its own, so PostgreSQL itself knows who is there: one that died is gone as soon as
/// its session is, and no clock is involved.
/// </summary>
public sealed class Membership : IAsyncDisposable
{
    // Locks of two keys: the group, and the server process that serves the member, which is nobody else's.
    private const string JoinSql = "select pg_advisory_lock(hashtext($1) & 2147483647, pg_backend_pid())";

    private const string LookSql = """
        select count(*) filter (where l.objid < pg_backend_pid()::bigint::oid)::integer, count(*)::integer, coalesce(bool_or(l.pid = pg_backend_pid()), false) from pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = (hashtext($1) & 2147483647)::oid
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
        """;

    private readonly NpgsqlConnection connection;
    private readonly string group;

    private Membership(NpgsqlConnection connection, string group) => (this.connection, this.group) = (connection, group);

    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<Membership> Join(Store store, string group, CancellationToken stop)
    {
        var connection = await Database.Open(store.Leases, stop).ConfigureAwait(false);
        try
        {
            await using var command = new NpgsqlCommand(JoinSql, connection) { Parameters = { new() { Value = "members:" + group } } };
            await Database.Ask(() => command.ExecuteNonQueryAsync(stop)).ConfigureAwait(false);
            return new(connection, "members:" + group);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How many members there are, and how many stand before this one in an order that all agree on.</summary>
    /// <exception cref="StoreUnavailable">The session has ended, and the membership with it; or the database did not answer.</exception>
    public async Task<(int Rank, int Count)> Look(CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(LookSql, connection) { Parameters = { new() { Value = group } } };
        return await Database.Ask(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            await reader.ReadAsync(stop).ConfigureAwait(false);
            return reader.GetBoolean(2) ? (reader.GetInt32(0), reader.GetInt32(1)) : throw new StoreUnavailable(new LeaseLost(group));
        }).ConfigureAwait(false);
    }

    // The session is not pooled: closing it ends the membership.
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
