using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Tests.Integration.EventStore;

/// <summary>
/// The statements that Marten 9 sends (conjoined tenancy, string identity, append mode Rich), word for word, with the CLR types that it binds and reads:
/// Marten itself does not restore here. Source: JasperFx/marten, src/Marten/EventStorage and src/Marten/Events.
/// </summary>
internal sealed class MartenSession(NpgsqlConnection connection, string tenant)
{
    public sealed record State(string Key, long Version, string? Type, DateTimeOffset Timestamp, DateTimeOffset Created, bool Archived, long Compacted);

    public sealed record Event(
        string Data, string Type, string? DotnetType, byte[]? Binary, long Sequence, Guid Id, string Stream, long Version, DateTimeOffset Timestamp, string Tenant,
        string? CorrelationId, string? CausationId, string? Headers, string? UserName, bool Archived, string? StreamType);

    private const string Columns =
        "d.data, d.type, d.mt_dotnet_type, d.bdata, d.seq_id, d.id, d.stream_id, d.version, d.timestamp, d.tenant_id, d.correlation_id, d.causation_id, d.headers, d.user_name, d.is_archived";

    /// <summary>Session.Events.FetchStreamStateAsync.</summary>
    public async Task<State?> StreamState(string stream)
    {
        await using var command = Command("select id, version, type, timestamp, created, is_archived, compacted_version from public.mt_streams where id = $1 and tenant_id = $2",
            (stream, NpgsqlDbType.Varchar), (tenant, NpgsqlDbType.Varchar));
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? new(reader.GetFieldValue<string>(0), reader.GetFieldValue<long>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<string>(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<bool>(5), reader.GetFieldValue<long>(6))
            : null;
    }

    /// <summary>Session.Events.FetchStreamAsync; what AggregateStreamAsync folds.</summary>
    public Task<List<Event>> FetchStream(string stream) => Read(
        $"select {Columns}, null as stream_type from public.mt_events as d where d.stream_id = $1 and d.tenant_id = $2 and d.is_archived = FALSE order by d.version",
        (stream, NpgsqlDbType.Varchar), (tenant, NpgsqlDbType.Varchar));

    /// <summary>A page of the asynchronous daemon.</summary>
    public Task<List<Event>> LoadPage(long floor, long ceiling) => Read(
        $"select {Columns}, s.type as stream_type from public.mt_events as d inner join public.mt_streams as s on d.stream_id = s.id and d.tenant_id = s.tenant_id "
        + "where d.seq_id > $1 and d.seq_id <= $2 and d.is_archived = FALSE order by d.seq_id limit 500", (floor, NpgsqlDbType.Bigint), (ceiling, NpgsqlDbType.Bigint));

    /// <summary>SaveChangesAsync of a session that appended to one stream: numbers first, then one transaction.</summary>
    /// <returns>Whether it was stored; false is Marten's EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException.</returns>
    public async Task<bool> SaveChanges(string stream, long expected, int events)
    {
        var sequences = new List<long>();
        await using (var command = Command("select nextval('public.mt_events_sequence') from generate_series(1, $1)", (events, NpgsqlDbType.Integer)))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) sequences.Add(reader.GetFieldValue<long>(0));

        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await using var head = expected == 0
                ? Command("insert into public.mt_streams (tenant_id, id, type, version) values ($1,$2,$3,$4)",
                    (tenant, NpgsqlDbType.Varchar), (stream, NpgsqlDbType.Varchar), ("thing", NpgsqlDbType.Varchar), ((long)events, NpgsqlDbType.Bigint))
                : Command("update public.mt_streams set version = $1 where id = $2 and version = $3 and tenant_id = $4 returning version",
                    (expected + events, NpgsqlDbType.Bigint), (stream, NpgsqlDbType.Varchar), (expected, NpgsqlDbType.Bigint), (tenant, NpgsqlDbType.Varchar));
            if (await head.ExecuteNonQueryAsync() is 0 or -1 && expected > 0) return false;
            for (var n = 0; n < events; n++) await Insert(stream, expected + n + 1, sequences[n]);
            await transaction.CommitAsync();
            return true;
        }
        catch (PostgresException conflict) when (conflict.SqlState == PostgresErrorCodes.UniqueViolation
            && (conflict.MessageText.Contains("streams", StringComparison.Ordinal) || conflict.ConstraintName == "pk_mt_events_stream_and_version"))
        {
            return false;
        }
    }

    private async Task Insert(string stream, long version, long sequence)
    {
        await using var command = Command(
            "insert into public.mt_events (data, type, mt_dotnet_type, bdata, id, stream_id, version, timestamp, tenant_id, correlation_id, causation_id, headers, user_name, seq_id) "
            + "values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)",
            ("""{"by":"marten"}""", NpgsqlDbType.Jsonb), ("thing_happened", NpgsqlDbType.Varchar), ("Things.Happened, Things", NpgsqlDbType.Varchar), (DBNull.Value, NpgsqlDbType.Bytea),
            (Guid.CreateVersion7(), NpgsqlDbType.Uuid), (stream, NpgsqlDbType.Varchar), (version, NpgsqlDbType.Bigint), (DateTimeOffset.UtcNow, NpgsqlDbType.TimestampTz),
            (tenant, NpgsqlDbType.Varchar), ("corr", NpgsqlDbType.Varchar), (DBNull.Value, NpgsqlDbType.Varchar), ("{}", NpgsqlDbType.Jsonb), ("marten", NpgsqlDbType.Varchar), (sequence, NpgsqlDbType.Bigint));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What it appends in place of numbers that a failed SaveChanges burnt.</summary>
    public async Task EstablishTombstones(long sequence)
    {
        await using (var command = Command("insert into public.mt_streams (id, tenant_id, version, is_archived) values ($1, $2, 0, false) ON CONFLICT (id, tenant_id) DO NOTHING",
            ("mt_tombstone", NpgsqlDbType.Varchar), (tenant, NpgsqlDbType.Varchar))) await command.ExecuteNonQueryAsync();
        await Insert("mt_tombstone", sequence, sequence);
    }

    /// <summary>How the daemon finds out how far it may read, and remembers it.</summary>
    public async Task<long> HighWaterMark()
    {
        await using (var command = Command("select last_value from public.mt_events_sequence")) await command.ExecuteScalarAsync();
        await using (var command = Command("select last_seq_id, last_updated, transaction_timestamp() as timestamp from public.mt_event_progression where name = 'HighWaterMark'"))
        await using (var reader = await command.ExecuteReaderAsync())
            if (await reader.ReadAsync()) _ = (reader.GetFieldValue<long>(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));
        long mark;
        await using (var command = Command("select max(seq_id) from public.mt_events where seq_id > $1", (0L, NpgsqlDbType.Bigint))) mark = (long)(await command.ExecuteScalarAsync())!;
        await using (var command = Command("select public.mt_mark_event_progression('HighWaterMark', $1)", (mark, NpgsqlDbType.Bigint))) await command.ExecuteNonQueryAsync();
        return mark;
    }

    /// <summary>A projection's own progress, as it begins, moves and is deleted for a rebuild.</summary>
    public async Task<int[]> Progress(string shard)
    {
        await using var insert = Command("insert into public.mt_event_progression (name, last_seq_id) values ($1, $2)", (shard, NpgsqlDbType.Varchar), (5L, NpgsqlDbType.Bigint));
        await using var update = Command("update public.mt_event_progression set last_seq_id = $1 where name = $2 and last_seq_id = $3",
            (9L, NpgsqlDbType.Bigint), (shard, NpgsqlDbType.Varchar), (5L, NpgsqlDbType.Bigint));
        await using var delete = Command("delete from public.mt_event_progression where name = $1", (shard, NpgsqlDbType.Varchar));
        return [await insert.ExecuteNonQueryAsync(), await update.ExecuteNonQueryAsync(), await delete.ExecuteNonQueryAsync()];
    }

    private async Task<List<Event>> Read(string sql, params (object, NpgsqlDbType)[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<Event>();
        while (await reader.ReadAsync())
        {
            events.Add(new(
                reader.GetFieldValue<string>(0), reader.GetFieldValue<string>(1), Null<string>(reader, 2), Null<byte[]>(reader, 3), reader.GetFieldValue<long>(4), reader.GetFieldValue<Guid>(5),
                reader.GetFieldValue<string>(6), reader.GetFieldValue<long>(7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetFieldValue<string>(9), Null<string>(reader, 10),
                Null<string>(reader, 11), Null<string>(reader, 12), Null<string>(reader, 13), reader.GetFieldValue<bool>(14), Null<string>(reader, 15)));
        }
        return events;
    }

    private static T? Null<T>(NpgsqlDataReader reader, int column) where T : class => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    private NpgsqlCommand Command(string sql, params (object Value, NpgsqlDbType Type)[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (value, type) in values) command.Parameters.Add(new() { Value = value is DateTimeOffset at ? at.UtcDateTime : value, NpgsqlDbType = type });
        return command;
    }
}
