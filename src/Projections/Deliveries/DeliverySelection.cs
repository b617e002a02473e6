using EventMesh.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.Projections.Deliveries;

/// <param name="Since">Its event was accepted then or later.</param>
/// <param name="Until">Its event was accepted before.</param>
/// <param name="Types">Types of events, in which <c>*</c> stands for any run of characters; null for all.</param>
/// <param name="Statuses">Some of <see cref="DeliveryStatus.All"/>.</param>
public sealed record DeliverySelection(
    DateTimeOffset Since, DateTimeOffset Until, IReadOnlyList<string>? Types, string? Connection, string? Rule, IReadOnlyList<string> Statuses)
{
    /// <summary>What every delivery selected has in common, about a row <c>d</c>; for <see cref="Parameters"/>.</summary>
    internal string Where => "d.accepted_at >= $1 and d.accepted_at < $2"
        + (Connection is null ? "" : " and d.connection_id = $3") + (Rule is null ? "" : " and d.rule_id = $4") + (Types is null ? "" : " and e.data ->> 'type' like any($5)");

    /// <summary>Brings in the event, where its type is asked for.</summary>
    internal string Join => Types is null ? "" : " join public.mt_events e on e.stream_id = d.event_id and e.version = 1";

    internal IEnumerable<NpgsqlParameter> Parameters =>
    [
        new() { Value = Since.UtcDateTime }, new() { Value = Until.UtcDateTime }, Text(Connection), Text(Rule),
        new() { Value = (object?)Types?.Select(Like).ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar },
    ];

    /// <summary>A type with wildcards as a pattern of SQL's LIKE.</summary>
    public static string Like(string type) =>
        type.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace('*', '%');

    internal static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
