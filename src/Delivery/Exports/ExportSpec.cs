using EventMesh.Domain.Exports;

namespace EventMesh.Delivery.Exports;

/// <summary>What is exported, how and to where.</summary>
/// <param name="Filter">Whole, as it was asked for.</param>
/// <param name="IncludeData">Whether the bodies of published events are in it.</param>
public sealed record ExportSpec(ExportFormat Format, bool Gzip, ExportFilter Filter, bool IncludeData, ExportTarget To)
{
    /// <summary>Everything that happened, to be downloaded.</summary>
    public static readonly ExportSpec Whole = new(ExportFormat.Ndjson, true, ExportFilter.All, false, ExportTarget.Download);

    public string ContentType => Gzip ? "application/gzip" : Format == ExportFormat.Csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";

    /// <summary>The name of the file or object.</summary>
    public string FileName(string export) => $"{export}.{(Format == ExportFormat.Csv ? "csv" : "ndjson")}{(Gzip ? ".gz" : "")}";

    /// <summary>As the history tells it: the resource without the id that its publisher gave it, which may be a person's.</summary>
    public ExportFilter Told => Filter with { Resource = Filter.Resource?.Split('/')[0] };
}
