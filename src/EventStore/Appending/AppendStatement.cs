using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Appending;

/// <summary>The one statement that writes events: <c>eventmesh.append</c> over all appends of a transaction, as arrays.</summary>
internal sealed class AppendStatement(NpgsqlDataSource database)
{
    private const string Sql = """
        select xid, sequences, lost, actual from eventmesh.append(
          $1, $2, $3, $4, $5, $6,  $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,  $20, $21, $22, $23, $24, $25,  $26, $27)
        """;

    private static readonly StringComparer Ordinal = StringComparer.Ordinal;

    /// <summary>Writes the groups in one transaction and answers each.</summary>
    public async Task Run(List<AppendGroup> groups)
    {
        // Every node takes rows in one order, so that two nodes do not wait for each other crosswise.
        var appends = groups.SelectMany(g => g.Appends).OrderBy(a => a.Workspace, Ordinal).ThenBy(a => a.Stream, Ordinal).ToArray();
        var answers = new Dictionary<Append, Appended>(appends.Length, ReferenceEqualityComparer.Instance);

        await using (var connection = await database.OpenConnectionAsync().ConfigureAwait(false))
        await using (var command = new NpgsqlCommand(Sql, connection))
        {
            Bind(command, appends);
            await command.PrepareAsync().ConfigureAwait(false);
            await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await reader.ReadAsync().ConfigureAwait(false);
            Read(reader, appends, answers);
        }

        foreach (var group in groups) group.Answer.TrySetResult([.. group.Appends.Select(a => answers[a])]);
    }

    private static void Read(NpgsqlDataReader reader, Append[] appends, Dictionary<Append, Appended> answers)
    {
        var transaction = reader.GetFieldValue<ulong>(0);
        var sequences = reader.GetFieldValue<long[]>(1);
        var lost = reader.GetFieldValue<int[]>(2);
        var actual = reader.GetFieldValue<long[]>(3);
        for (var i = 0; i < lost.Length; i++) answers[appends[lost[i] - 1]] = new(false, default, actual[i]);
        var next = 0;
        foreach (var append in appends)
        {
            if (answers.ContainsKey(append)) continue;
            next += append.Events.Count;
            answers[append] = new(true, new Position(transaction, sequences[next - 1]), append.ExpectedVersion + append.Events.Count);
        }
    }

    private static void Bind(NpgsqlCommand command, Append[] appends)
    {
        var events = appends.SelectMany((a, i) => a.Events.Select((e, n) => (Request: i + 1, Append: a, Event: e, Version: a.ExpectedVersion + n + 1))).ToArray();
        var payloads = appends.SelectMany((a, i) => a.Payloads.Select(p => (Request: i + 1, Append: a, Payload: p))).ToArray();

        Add(NpgsqlDbType.Varchar, Column(appends, a => a.Workspace));
        Add(NpgsqlDbType.Varchar, Column(appends, a => a.Stream));
        Add(NpgsqlDbType.Varchar, Column(appends, a => a.StreamType));
        Add(NpgsqlDbType.Bigint, Column(appends, a => a.ExpectedVersion));
        Add(NpgsqlDbType.Bigint, Column(appends, a => (long)a.Events.Count));
        Add(NpgsqlDbType.TimestampTz, Column(appends, a => a.Metadata.At.UtcDateTime));

        Add(NpgsqlDbType.Integer, Column(events, e => e.Request));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Append.Workspace));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Append.Stream));
        Add(NpgsqlDbType.Bigint, Column(events, e => e.Version));
        Add(NpgsqlDbType.Uuid, Column(events, e => e.Event.Id));
        Add(NpgsqlDbType.Jsonb, Column(events, e => e.Event.Data));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Event.Type));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Event.DotnetName));
        Add(NpgsqlDbType.TimestampTz, Column(events, e => e.Append.Metadata.At.UtcDateTime));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Append.Metadata.CorrelationId));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Append.Metadata.CausationId));
        Add(NpgsqlDbType.Jsonb, Column(events, e => Headers(e.Append.Metadata)));
        Add(NpgsqlDbType.Varchar, Column(events, e => e.Append.Metadata.Actor));

        Add(NpgsqlDbType.Integer, Column(payloads, p => p.Request));
        Add(NpgsqlDbType.Varchar, Column(payloads, p => p.Append.Workspace));
        Add(NpgsqlDbType.Varchar, Column(payloads, p => p.Payload.Id));
        Add(NpgsqlDbType.Date, Column(payloads, p => p.Payload.Day));
        Add(NpgsqlDbType.Varchar, Column(payloads, p => p.Payload.ContentType));
        Add(NpgsqlDbType.Bytea, Column(payloads, p => p.Payload.Body));

        var fresh = appends.Count(a => a.ExpectedVersion == 0);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = fresh });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = appends.Length - fresh });

        void Add<T>(NpgsqlDbType type, T[] values) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
    }

    private static T[] Column<TRow, T>(TRow[] rows, Func<TRow, T> value) => Array.ConvertAll(rows, row => value(row));

    // Absent headers are SQL NULL, as Marten writes them.
    private static string? Headers(EventMetadata metadata) => metadata.TraceParent is null ? null : $$"""{"traceparent":"{{metadata.TraceParent}}"}""";
}
