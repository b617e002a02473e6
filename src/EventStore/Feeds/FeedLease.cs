using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Feeds;

/// <summary>
/// The right to move one feed forward. It is an advisory lock of a session, and progress is written through that same session: a runner that lost its
/// connection has lost the lease and cannot move the checkpoint any more, and PostgreSQL gives the lease on as soon as it sees the session gone.
/// No clock is involved.
/// </summary>
public sealed class FeedLease : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private const string ReadSql = "select last_xid, last_seq_id from public.mt_event_progression where name = $1";

    private const string SaveSql = """
        insert into public.mt_event_progression (name, last_xid, last_seq_id, last_updated) values ($1, $2, $3, now())
        on conflict (name) do update set last_xid = excluded.last_xid, last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
        """;

    private FeedLease(string name, NpgsqlConnection connection, Position checkpoint)
    {
        Name = name;
        Connection = connection;
        Checkpoint = checkpoint;
    }

    public string Name { get; }

    /// <summary>The session that holds the lease; for projections that write their tables and their checkpoint in one transaction.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Everything up to here is done.</summary>
    public Position Checkpoint { get; private set; }

    /// <summary>Waits until this process may move the feed, and reads how far it has come.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<FeedLease> Acquire(Store store, string name, CancellationToken stop)
    {
        var connection = await Database.Open(store.Leases, stop).ConfigureAwait(false);
        try
        {
            // Asked again and again, for a statement that waits in the server is a transaction that stays open: it would keep vacuum from cleaning up behind
            // the streams for as long as another node holds the lease, and Marten's daemon from passing a gap.
            using var looks = new PeriodicTimer(BetweenLooks);
            while (!await Database.Ask(() => TryLock(connection, name, stop)).ConfigureAwait(false)) await looks.WaitForNextTickAsync(stop).ConfigureAwait(false);
            return new(name, connection, await Database.Ask(() => Read(connection, name, stop)).ConfigureAwait(false));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> TryLock(NpgsqlConnection connection, string name, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = "feed:" + name } } };
        return await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true;
    }

    /// <summary>How far a feed has come, whoever moves it.</summary>
    public static async Task<Position> CheckpointOf(Store store, string name, CancellationToken stop)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        return await Database.Ask(() => Read(connection, name, stop)).ConfigureAwait(false);
    }

    /// <summary>Moves the checkpoint, in the transaction of <see cref="Connection"/> if there is one.</summary>
    /// <exception cref="StoreUnavailable">The session has ended, and the lease with it; or the database did not answer.</exception>
    public async Task Save(Position position, CancellationToken stop)
    {
        if (Connection.FullState == ConnectionState.Broken || Connection.State != ConnectionState.Open) throw new StoreUnavailable(new LeaseLost(Name));
        await using var save = new NpgsqlCommand(SaveSql, Connection);
        save.Parameters.Add(new() { Value = Name });
        save.Parameters.Add(new() { Value = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        save.Parameters.Add(new() { Value = position.Sequence });
        await Database.Ask(() => save.ExecuteNonQueryAsync(stop)).ConfigureAwait(false);
        Checkpoint = position;
    }

    /// <summary>Looks again how far the feed has come: somebody else may move it who did the work of this one.</summary>
    /// <exception cref="StoreUnavailable">The session has ended, and the lease with it; or the database did not answer.</exception>
    public async Task<Position> Reload(CancellationToken stop) => Checkpoint = await Database.Ask(() => Read(Connection, Name, stop)).ConfigureAwait(false);

    private static async Task<Position> Read(NpgsqlConnection connection, string name, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(ReadSql, connection) { Parameters = { new() { Value = name } } };
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        return await reader.ReadAsync(stop).ConfigureAwait(false) ? new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : Position.Start;
    }

    // The session is not pooled: closing it gives the lease back.
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
