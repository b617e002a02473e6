using System.Text.Json;
using EventMesh.Domain.Exports;
using EventMesh.EventStore;
using Npgsql;

namespace EventMesh.Delivery.Exports;

public enum ExportState { Queued, Running, Finished, Cancelled, Failed }

/// <summary>An export as it is carried out.</summary>
/// <param name="CancelledBy">Who asked that it stop; null: nobody.</param>
/// <param name="After">The position before its first event; null until it has begun.</param>
/// <param name="End">That of its last.</param>
/// <param name="Checkpoint">The checkpoint of the workspace's log at <paramref name="End"/>, a signed note; null when there is none.</param>
/// <param name="Done">Everything up to here is in its parts.</param>
/// <param name="Upload">The upload under way at the object store.</param>
/// <param name="Object">What it is called there.</param>
/// <param name="Sha256">Of the whole, in hexadecimal digits; null until it is finished, and when parts were made by several nodes that nobody has together.</param>
/// <param name="Detail">What the object store called its refusal.</param>
/// <param name="Sealed">The key of its parts, see <see cref="ExportSeal"/>; null when they are not kept here.</param>
public sealed record ExportRow(
    string Workspace, string Id, ExportSpec Asked, string? Actor, string? Elevation, string? Network, string? CorrelationId, DateTimeOffset AskedAt, ExportState State, string? CancelledBy,
    Position? After, Position? End, string? Checkpoint, Position? Done, long Events, long Bytes, int Parts, string? Upload, string? Object, string? Sha256, ExportFault? Reason, string? Detail,
    DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt, byte[]? Sealed)
{
    internal const string Columns = """
        e.tenant_id, e.id, e.asked, e.actor, e.elevation, e.network, e.correlation_id, e.asked_at, e.state, e.cancelled_by, e.after_xid, e.after_seq, e.end_xid, e.end_seq, e.checkpoint,
        e.done_xid, e.done_seq, e.events, e.bytes, e.parts, e.upload, e.object, e.sha256, e.reason, e.detail, e.updated_at, e.finished_at, e.sealed
        """;

    public bool Ended => State is not (ExportState.Queued or ExportState.Running);

    /// <summary>What of the way from the first position to the last lies behind it, from 0 to 100. Positions are shared with other workspaces, so this is a measure and no count.</summary>
    public int PerCent => State == ExportState.Finished ? 100
        : (After, End, Done) is not ({ } after, { } end, { } done) || end.Sequence <= after.Sequence ? 0
        : (int)Math.Clamp((done.Sequence - after.Sequence) * 100 / (end.Sequence - after.Sequence), 0, 99);

    internal static ExportRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), JsonSerializer.Deserialize<ExportSpec>(reader.GetString(2), EventTypes.Json)!, Text(reader, 3), Text(reader, 4), Text(reader, 5), Text(reader, 6),
        Time(reader, 7)!.Value, Enum.Parse<ExportState>(reader.GetString(8), ignoreCase: true), Text(reader, 9), At(reader, 10), At(reader, 12), Text(reader, 14), At(reader, 15),
        reader.GetInt64(17), reader.GetInt64(18), reader.GetInt32(19), Text(reader, 20), Text(reader, 21), Text(reader, 22),
        Text(reader, 23) is { } reason ? JsonSerializer.Deserialize<ExportFault>($"\"{reason}\"", EventTypes.Json) : null, Text(reader, 24), Time(reader, 25)!.Value, Time(reader, 26), reader.IsDBNull(27) ? null : reader.GetFieldValue<byte[]>(27));

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static Position? At(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new(reader.GetFieldValue<ulong>(ordinal), reader.GetInt64(ordinal + 1));

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : new(reader.GetDateTime(ordinal), TimeSpan.Zero);
}

/// <summary>A piece of an export.</summary>
/// <param name="Number">From 1.</param>
/// <param name="FirstByte">Where it begins in the whole.</param>
/// <param name="Sha256">In hexadecimal digits.</param>
/// <param name="End">The position of its last event.</param>
/// <param name="ETag">What the object store called it; null when it is kept here.</param>
public sealed record ExportPart(int Number, long FirstByte, long Bytes, long Events, string Sha256, Position End, string? ETag)
{
    internal const string Columns = "p.number, p.first_byte, p.bytes, p.events, p.sha256, p.end_xid, p.end_seq, p.etag";

    internal static ExportPart Read(NpgsqlDataReader reader) => new(
        reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4), new(reader.GetFieldValue<ulong>(5), reader.GetInt64(6)), reader.IsDBNull(7) ? null : reader.GetString(7));
}
