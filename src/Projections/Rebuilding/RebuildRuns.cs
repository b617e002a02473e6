using System.Text.Json;
using EventMesh.Domain.Workspaces;
using EventMesh.EventStore;
using EventMesh.Projections.Running;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Rebuilding;

/// <summary>The table <c>projection_rebuilds</c>: what was asked for, how far it is, how it ended. One rebuild of a read model is open at a time.</summary>
public static class RebuildRuns
{
    private const string Columns = """
        id, name, tenant_id, state, phase, events, events_per_second, percent, failed_xid, failed_seq, failed_workspace, failed_type, failed_reason, asked_by, asked_at, cancelled_by, ended_at
        """;

    /// <summary>Asks for a rebuild.</summary>
    /// <param name="workspace">Whose rows; null: all.</param>
    /// <returns>The one that is open now: this, or one that was asked for before.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<RebuildRun> Ask(Store store, string id, string name, string? workspace, string by, CancellationToken stop)
    {
        while (true)
        {
            await Execute(store, "insert into eventmesh.projection_rebuilds (id, name, tenant_id, asked_by) values ($1, $2, $3, $4) on conflict do nothing", stop, id, name, workspace ?? Workspace.PlatformId, by).ConfigureAwait(false);
            // One that was open may have ended in between.
            if ((await Read(store, "where name = $1 and (ended_at is null or id = $2) order by ended_at nulls first limit 1", stop, name, id).ConfigureAwait(false)) is [var run]) return run;
        }
    }

    /// <summary>Asks for the end of an open one; readers go on seeing what they see.</summary>
    /// <returns>Null when none is open.</returns>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<RebuildRun?> Cancel(Store store, string name, string by, CancellationToken stop)
    {
        await Execute(store, "update eventmesh.projection_rebuilds set state = 'cancelling', cancelled_by = coalesce(cancelled_by, $2) where name = $1 and ended_at is null and not shown", stop, name, by).ConfigureAwait(false);
        return (await Read(store, "where name = $1 and ended_at is null", stop, name).ConfigureAwait(false)).FirstOrDefault();
    }

    /// <summary>The newest of a read model; null when it was never rebuilt.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static async Task<RebuildRun?> Newest(Store store, string name, CancellationToken stop) =>
        (await Read(store, "where name = $1 order by asked_at desc, id desc limit 1", stop, name).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Those of all read models that have not ended.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<IReadOnlyList<RebuildRun>> Open(Store store, CancellationToken stop) => Read(store, "where ended_at is null", stop);

    internal static async Task<RebuildRun?> Find(Store store, string id, CancellationToken stop) => (await Read(store, "where id = $1", stop, id).ConfigureAwait(false)).FirstOrDefault();

    internal static Task Taken(Store store, string id, CancellationToken stop) =>
        Execute(store, "update eventmesh.projection_rebuilds set state = 'running' where id = $1 and state = 'asked'", stop, id);

    internal static Task Note(Store store, string id, RebuildProgress progress, CancellationToken stop) => Execute(
        store, "update eventmesh.projection_rebuilds set phase = $2, events = $3, events_per_second = $4, percent = $5 where id = $1 and ended_at is null",
        stop, id, Stored(progress.Phase), progress.Events, progress.EventsPerSecond, progress.Percent);

    /// <param name="reached">How far it came in the end, which may be further than what was noted last; null when it never began.</param>
    internal static Task End(Store store, string id, RebuildState how, RebuildProgress? reached, BrokenEvent? failed, CancellationToken stop) => Execute(
        store, """
        update eventmesh.projection_rebuilds set state = $2, ended_at = now(), failed_xid = $3, failed_seq = $4, failed_workspace = $5, failed_type = $6, failed_reason = $7,
          phase = coalesce($8, phase), events = coalesce($9, events), events_per_second = coalesce($10, events_per_second), percent = coalesce($11, percent)
        where id = $1 and ended_at is null
        """, stop, id, Stored(how),
        new NpgsqlParameter { Value = (object?)failed?.Position.Transaction ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Xid8 },
        new NpgsqlParameter { Value = (object?)failed?.Position.Sequence ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
        Text(failed?.Workspace), Text(failed?.Type), Text(failed is null ? null : ProjectionReports.ReasonOf(failed)),
        Text(reached is null ? null : Stored(reached.Phase)), Number(reached?.Events, NpgsqlDbType.Bigint), Number(reached?.EventsPerSecond, NpgsqlDbType.Double), Number(reached?.Percent, NpgsqlDbType.Double));

    private static NpgsqlParameter Number(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };

    private static string Stored<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}");

    private static T Known<T>(string stored) where T : struct, Enum => Enum.Parse<T>(stored.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static Task Execute(Store store, string sql, CancellationToken stop, params object[] values) => Database.Ask(async () =>
    {
        await using var command = Command(store, sql, values);
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    });

    private static Task<IReadOnlyList<RebuildRun>> Read(Store store, string where, CancellationToken stop, params object[] values) => Database.Ask<IReadOnlyList<RebuildRun>>(async () =>
    {
        await using var command = Command(store, $"select {Columns} from eventmesh.projection_rebuilds {where}", values);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var found = new List<RebuildRun>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
            found.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2) is var whose && whose == Workspace.PlatformId ? null : whose,
                Known<RebuildState>(reader.GetString(3)), Known<RebuildPhase>(reader.GetString(4)), reader.GetInt64(5), reader.GetDouble(6), reader.GetDouble(7),
                reader.IsDBNull(8) ? null : new(new(reader.GetFieldValue<ulong>(8), reader.GetInt64(9)), reader.GetString(10), "", reader.GetString(11), reader.GetString(12), new(reader.GetDateTime(16), TimeSpan.Zero)),
                reader.GetString(13), new(reader.GetDateTime(14), TimeSpan.Zero), reader.IsDBNull(15) ? null : reader.GetString(15), reader.IsDBNull(16) ? null : new(reader.GetDateTime(16), TimeSpan.Zero)));
        return found;
    });

    private static NpgsqlCommand Command(Store store, string sql, object[] values)
    {
        var command = store.Feed.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }
}
