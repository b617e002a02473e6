using System.Text.Json;

namespace EventMesh.Domain.Filters;

/// <summary>What a filter looks at: one published event.</summary>
/// <param name="Type">The CloudEvent's type, compared with wildcards.</param>
/// <param name="Source">The CloudEvent's source.</param>
/// <param name="Subject">The CloudEvent's subject; null when it has none.</param>
/// <param name="Resource">The extension attribute <c>resource</c>; null when it has none.</param>
/// <param name="ResourceId">The extension attribute <c>resourceid</c>; null when it has none.</param>
/// <param name="Time">When it happened, RFC 3339, as written by the publisher; null when it has none.</param>
/// <param name="Data">The event's JSON data; Undefined when it has none or a filter does not need it.</param>
public readonly record struct FilterInput(
    string Type, string Source, string? Subject, string? Resource, string? ResourceId, string? Time, JsonElement Data);
