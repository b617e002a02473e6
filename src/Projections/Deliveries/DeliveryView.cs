using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Projections.Deliveries;

/// <summary>A delivery as it stands.</summary>
/// <param name="Status">One of <see cref="DeliveryStatus.All"/>.</param>
/// <param name="Attempts">How many tries were made.</param>
/// <param name="NextAttemptAt">When the next one is due; null unless it is retrying.</param>
/// <param name="Created">Where it was born; several of one event share the position.</param>
/// <param name="Last">The last event that is part of this.</param>
public sealed record DeliveryView(
    string Id, string Event, DateTimeOffset AcceptedAt, string Connection, string Rule, string Status, int Attempts, DateTimeOffset? NextAttemptAt,
    Position Created, Position Last)
{
    internal const string Columns =
        "d.id, d.event_id, d.accepted_at, d.connection_id, d.rule_id, d.status, d.attempts, d.next_attempt_at, d.created_xid, d.created_seq, d.last_xid, d.last_seq";

    internal static DeliveryView Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), Time(reader, 2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6),
        reader.IsDBNull(7) ? null : Time(reader, 7),
        new(reader.GetFieldValue<ulong>(8), reader.GetInt64(9)), new(reader.GetFieldValue<ulong>(10), reader.GetInt64(11)));

    private static DateTimeOffset Time(NpgsqlDataReader reader, int ordinal) => new(reader.GetDateTime(ordinal), TimeSpan.Zero);
}
