using EventMesh.Domain.Exports;

namespace EventMesh.Delivery.Exports;

/// <summary>An export cannot come to its end, wherever it is tried.</summary>
/// <param name="detail">What an object store called it; null when there is nothing to add.</param>
internal sealed class ExportFailed(ExportFault fault, string? detail = null) : Exception($"The export failed: {fault} {detail}")
{
    public ExportFault Fault { get; } = fault;
    public string? Detail { get; } = detail;
}
