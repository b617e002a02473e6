using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Reading;

/// <summary>Which events of a workspace somebody wants; those that keep every condition that is given.</summary>
public sealed record EventFilter
{
    public static readonly EventFilter All = new();

    /// <summary>Stored names. An event is of one of these, or of one that begins as <see cref="TypePrefixes"/> say; both empty: of any.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyList<string> TypePrefixes { get; init; } = [];

    /// <summary>How its stream's id begins; null: anyhow.</summary>
    public string? StreamPrefix { get; init; }

    /// <summary>Its stream, or what its data names by <see cref="Data"/>.</summary>
    public string? Stream { get; init; }

    /// <summary>JSON objects, one of which its data contains as PostgreSQL's <c>@&gt;</c> has it; with <see cref="Stream"/>, either is enough.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>The one stored name whose data is meant by <see cref="Data"/>; null: any.</summary>
    public string? DataType { get; init; }

    internal bool IsAll => Types.Count + TypePrefixes.Count + Data.Count == 0 && StreamPrefix is null && Stream is null;

    // One statement for every filter, so that its plan is made once. $7 on: after those of the position, the end and the sizes.
    internal const string Condition = """
        ($7 is null or w.type = any($7) or w.type like any($8))
        and ($9 is null or starts_with(w.stream_id, $9))
        and (($10 is null and $11 is null) or w.stream_id = $10 or (w.data @> any($11) and ($12 is null or w.type = $12)))
        """;

    internal NpgsqlParameter[] Parameters()
    {
        var anyType = Types.Count + TypePrefixes.Count == 0;
        return
        [
            Texts(anyType ? null : Types, NpgsqlDbType.Varchar),
            Texts(anyType ? null : TypePrefixes.Select(p => p.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal) + "%"), NpgsqlDbType.Text),
            new() { Value = (object?)StreamPrefix ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)Stream ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
            Texts(Data.Count == 0 ? null : Data, NpgsqlDbType.Jsonb),
            new() { Value = (object?)DataType ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
        ];
    }

    private static NpgsqlParameter Texts(IEnumerable<string>? texts, NpgsqlDbType type) => new() { Value = (object?)texts?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type };
}
