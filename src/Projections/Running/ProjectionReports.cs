using System.Text.Json;
using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Running;

/// <summary>The event that a projection stands at.</summary>
/// <param name="Reason">What is the matter with it, without anything that stands in it.</param>
public sealed record StoppedAt(Position Position, string Workspace, string Stream, string Type, string Reason, DateTimeOffset Since);

/// <summary>What the node that runs a projection says of it.</summary>
/// <param name="Stopped">Null while it does not stand.</param>
public sealed record ProjectionReport(string Name, ProjectionState State, StoppedAt? Stopped);

/// <summary>The table <c>projection_states</c>, which any node reads and the holder of the lease writes.</summary>
public static class ProjectionReports
{
    private const int ReasonCharsMax = 300;

    private const string WriteSql = """
        insert into eventmesh.projection_states (name, state, stopped_xid, stopped_seq, stopped_workspace, stopped_stream, stopped_type, stopped_reason) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (name) do update set state = excluded.state, stopped_xid = excluded.stopped_xid, stopped_seq = excluded.stopped_seq, stopped_workspace = excluded.stopped_workspace,
          stopped_stream = excluded.stopped_stream, stopped_type = excluded.stopped_type, stopped_reason = excluded.stopped_reason, since = excluded.since
        """;

    private const string ReadSql = "select name, state, stopped_xid, stopped_seq, stopped_workspace, stopped_stream, stopped_type, stopped_reason, since from eventmesh.projection_states";

    /// <summary>On the session that holds the lease: who has lost it says nothing any more.</summary>
    internal static Task Write(NpgsqlConnection lease, string name, ProjectionState state, BrokenEvent? broken, CancellationToken stop) => Database.Ask(async () =>
    {
        await using var command = new NpgsqlCommand(WriteSql, lease);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{state}") });
        command.Parameters.Add(new() { Value = (object?)broken?.Position.Transaction ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = (object?)broken?.Position.Sequence ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        foreach (var text in new[] { broken?.Workspace, broken?.Stream, broken?.Type, broken is null ? null : ReasonOf(broken) })
            command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar });
        await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    });

    /// <summary>Of all projections that ever ran.</summary>
    /// <exception cref="StoreUnavailable">The database did not answer.</exception>
    public static Task<IReadOnlyList<ProjectionReport>> Read(Store store, CancellationToken stop = default) => Database.Ask<IReadOnlyList<ProjectionReport>>(async () =>
    {
        await using var command = store.Feed.CreateCommand(ReadSql);
        await using var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var found = new List<ProjectionReport>();
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
            found.Add(new(reader.GetString(0), Enum.Parse<ProjectionState>(reader.GetString(1), ignoreCase: true), reader.IsDBNull(2) ? null : new(
                new(reader.GetFieldValue<ulong>(2), reader.GetInt64(3)), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7), new(reader.GetDateTime(8), TimeSpan.Zero))));
        return found;
    });

    /// <summary>What is wrong, in words that quote nothing of the event: those of JSON name a place in it, ours a member or a type; what another exception says may quote a value.</summary>
    internal static string ReasonOf(BrokenEvent broken) => broken.InnerException switch
    {
        JsonException or InvalidOperationException when broken.InnerException.Message.Length <= ReasonCharsMax => broken.InnerException.Message,
        // Its message is about the value.
        FormatException => "A value does not have the form that is expected of it.",
        var other => other?.GetType().Name ?? "unknown",
    };
}
