using System.Text.Json.Nodes;

namespace EventMesh.Cli.Importing;

/// <summary>An event type as a document describes it.</summary>
/// <param name="Schema">JSON Schema 2020-12 that refers to nothing outside of itself; null when the document has none.</param>
internal sealed record ImportedType(string Name, string? Description, JsonNode? Example, JsonNode? Schema);
