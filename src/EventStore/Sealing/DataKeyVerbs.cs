using Npgsql;

namespace EventMesh.EventStore.Sealing;

/// <summary>A data key as whoever looks after it sees it: never the key.</summary>
/// <param name="ClosedAt">Since when nothing new is sealed with it.</param>
/// <param name="RetiredAt">Since when nothing that is sealed anew by itself is left of it.</param>
/// <param name="Destroyed">Whether its wrapped form is gone; a retired key that is not destroyed stays for values of other tables.</param>
public sealed record DataKeyState(int Number, string MasterKey, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, DateTimeOffset? RetiredAt, bool Destroyed);

/// <summary>How far sealing anew with a data key has come.</summary>
/// <param name="Total">Payloads and secrets that older keys had sealed when it began.</param>
public sealed record RotationProgress(int Number, string Phase, long Total, long Done, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt)
{
    /// <summary>Whole percent, 100 only when it has finished.</summary>
    public int Percent => FinishedAt is not null ? 100 : Total == 0 ? 99 : (int)Math.Min(99, Done * 100 / Total);
}

/// <param name="DataKeys">How many data keys that master key has wrapped.</param>
public sealed record WrappedBy(string MasterKey, long DataKeys);

public static class DataKeyVerbs
{
    /// <summary>Makes a data key of a workspace unless there is one of this number; from then on it seals what is new, here at once and on other nodes within a second.</summary>
    /// <exception cref="MasterKeyUnavailable">Whoever holds the master key does not answer.</exception>
    public static async Task MakeDataKey(this WorkspaceStore store, int number, CancellationToken stop = default)
    {
        var keys = store.Store.Seals.Keys ?? throw new InvalidOperationException("Nothing is sealed here.");
        await keys.Make(store.Workspace, number, stop).ConfigureAwait(false);
        keys.Forget(store.Workspace);
    }

    /// <summary>Every data key that ever was, by number.</summary>
    public static async Task<IReadOnlyList<DataKeyState>> ReadDataKeys(this WorkspaceStore store, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select number, master_key, created_at, closed_at, retired_at, wrapped is null from eventmesh.data_keys order by number"));
        return await session.Read(async reader =>
        {
            var found = new List<DataKeyState>();
            while (await reader.ReadAsync(stop).ConfigureAwait(false))
                found.Add(new(reader.GetInt32(0), reader.GetString(1), Time(reader, 2)!.Value, Time(reader, 3), Time(reader, 4), reader.GetBoolean(5)));
            return found;
        }, stop).ConfigureAwait(false);
    }

    /// <summary>The last rotation of a workspace's data key; null when there was none.</summary>
    public static async Task<RotationProgress?> ReadRotation(this WorkspaceStore store, CancellationToken stop = default)
    {
        await using var session = await store.Session(stop).ConfigureAwait(false);
        session.Add(store.Workspace, new NpgsqlBatchCommand("select number, phase, total, done, started_at, finished_at from eventmesh.data_key_rotations order by number desc limit 1"));
        return await session.Read(async reader => await reader.ReadAsync(stop).ConfigureAwait(false)
            ? new RotationProgress(reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), Time(reader, 4)!.Value, Time(reader, 5)) : null, stop).ConfigureAwait(false);
    }

    /// <summary>Which master keys have wrapped how many data keys.</summary>
    public static async Task<IReadOnlyList<WrappedBy>> CountDataKeys(this Store store, CancellationToken stop = default)
    {
        await using var connection = await Database.Open(store.Feed, stop).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("select k.master_key, count(*) from eventmesh.data_keys k where k.wrapped is not null group by k.master_key order by k.master_key", connection);
        return await Database.Ask(async () =>
        {
            var found = new List<WrappedBy>();
            await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found.Add(new(reader.GetString(0), reader.GetInt64(1)));
            return found;
        }).ConfigureAwait(false);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new DateTimeOffset(reader.GetDateTime(ordinal), TimeSpan.Zero);
}
