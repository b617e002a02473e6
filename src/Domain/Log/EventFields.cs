namespace EventMesh.Domain.Log;

/// <summary>Everything that is stored of one event: the columns of its row that mean something.</summary>
/// <param name="Position">As the feed gives it. It is a text of UTF-8, as all are here that are bytes.</param>
/// <param name="At">To the microsecond, as the database keeps it.</param>
/// <param name="Data">JSON, with the digits that jsonb keeps.</param>
/// <param name="Headers">JSON; empty when there are none.</param>
/// <param name="Binary">What is stored as bytes beside the data. We store none: a row that has some was not written by us.</param>
public readonly record struct EventFields(
    ReadOnlyMemory<byte> Position, ReadOnlyMemory<byte> Workspace, ReadOnlyMemory<byte> Stream, long Version, Guid Id, ReadOnlyMemory<byte> Type, DateTimeOffset At, ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte>? Actor, ReadOnlyMemory<byte>? CorrelationId, ReadOnlyMemory<byte>? CausationId, ReadOnlyMemory<byte>? DotnetType, ReadOnlyMemory<byte> Headers, bool Archived = false,
    ReadOnlyMemory<byte>? Binary = null);
