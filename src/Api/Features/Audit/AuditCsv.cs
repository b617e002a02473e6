using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Features.Audit;

/// <summary>
/// Entries as CSV (RFC 4180): a header line, lines that end in CR LF, cells with commas, quotes or line ends in quotes. A cell that a spreadsheet would take for a formula
/// begins with an apostrophe.
/// </summary>
public static class AuditCsv
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private static readonly (string Name, Func<AuditEntry, string?> Of)[] Columns =
    [
        ("at", e => e.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)), ("actor", e => e.Actor.Id), ("actor_kind", e => e.Actor.Kind), ("actor_name", e => e.Actor.Name),
        ("action", e => e.Action), ("resource", e => e.Resource?.Id), ("resource_kind", e => e.Resource?.Kind), ("resource_name", e => e.Resource?.Name), ("outcome", e => e.Outcome), ("from", e => e.From),
        ("correlation_id", e => e.CorrelationId), ("causation_id", e => e.CausationId), ("elevation", e => e.Elevation), ("position", e => e.Position), ("stream", e => e.Stream),
        ("version", e => e.Version.ToString(CultureInfo.InvariantCulture)), ("sentence", e => e.Sentence), ("data", e => e.Data.GetRawText()),
        ("changes", e => e.Changes is null ? null : JsonSerializer.Serialize(e.Changes, EdgeJson.Options)),
    ];

    public static void WriteHeader(IBufferWriter<byte> output) => Line(output, Columns.Select(c => (string?)c.Name));

    public static void Write(IBufferWriter<byte> output, AuditEntry entry) => Line(output, Columns.Select(c => c.Of(entry)));

    private static void Line(IBufferWriter<byte> output, IEnumerable<string?> cells) => Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", output);

    internal static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r') value = "'" + value;
        return value.AsSpan().ContainsAny(Quoted) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
