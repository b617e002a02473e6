using System.Text;
using EventMesh.Domain.Log;
using EventMesh.EventStore;
using EventMesh.EventStore.Feeds;
using EventMesh.EventStore.Reading;

namespace EventMesh.Projections.Log;

/// <summary>The fields of a stored event that its canonical form is made of.</summary>
public static class StoredFields
{
    /// <summary>What is asked for of each event of the feed.</summary>
    public static readonly string[] Columns =
    [
        "tenant_id", "stream_id", "version", "id", "type", "timestamp", "data", "user_name", "correlation_id", "causation_id", "mt_dotnet_type", "headers", "is_archived", "bdata",
    ];

    /// <param name="row">Of <see cref="Columns"/>.</param>
    public static string Workspace(CopiedRow row) => Encoding.UTF8.GetString(row.Bytes(0).Span);

    /// <param name="position">Where its text is put; it is used again for one event after the other.</param>
    public static EventFields Of(CopiedRow row, Position at, Memory<byte> position)
    {
        at.Write(position.Span);
        return new(
            position, row.Bytes(0), row.Bytes(1), row.Long(2), row.Guid(3), row.Bytes(4), row.Time(5), row.Json(6) ?? default,
            row.Optional(7), row.Optional(8), row.Optional(9), row.Optional(10), row.Json(11) ?? default, row.Bool(12), row.Optional(13));
    }

    public static EventFields Of(WholeEvent whole)
    {
        var stored = whole.Event;
        return new(
            Utf8(stored.Position.ToString()), Utf8(stored.Workspace), Utf8(stored.Stream), stored.Version, whole.Id, Utf8(stored.Type), stored.At, stored.Data,
            Optional(stored.Actor), Optional(stored.CorrelationId), Optional(stored.CausationId), Optional(whole.DotnetType), whole.Headers ?? default, whole.Archived, whole.Binary);
    }

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ReadOnlyMemory<byte>? Optional(string? text) => text is null ? default(ReadOnlyMemory<byte>?) : Utf8(text);
}
