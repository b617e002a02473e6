using Npgsql;

namespace EventMesh.EventStore.Reading;

/// <summary>The columns of a stored event, in the order that every reading statement asks for them.</summary>
internal static class Rows
{
    public const string Columns =
        "e.xid, e.seq_id, e.tenant_id, e.stream_id, e.version, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.user_name, e.headers ->> 'traceparent', e.headers ->> 'elevation', e.headers ->> 'from'";

    /// <param name="first">The ordinal of the first of <see cref="Columns"/>.</param>
    public static StoredEvent Read(NpgsqlDataReader reader, int first = 0) => new(
        new Position(reader.GetFieldValue<ulong>(first), reader.GetInt64(first + 1)),
        reader.GetString(first + 2),
        reader.GetString(first + 3),
        reader.GetInt64(first + 4),
        reader.GetString(first + 5),
        reader.GetFieldValue<byte[]>(first + 6),
        new DateTimeOffset(reader.GetDateTime(first + 7), TimeSpan.Zero),
        Text(reader, first + 8),
        Text(reader, first + 9),
        Text(reader, first + 10),
        Text(reader, first + 11),
        Text(reader, first + 12),
        Text(reader, first + 13));

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
