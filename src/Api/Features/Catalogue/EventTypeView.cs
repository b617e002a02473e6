using System.Text.Json;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;

namespace EventMesh.Api.Features.Catalogue;

/// <param name="Version">Of the type, for <c>If-Match</c>; its schemas are numbered for themselves.</param>
/// <param name="Schemas">The oldest first; the last one holds.</param>
public sealed record EventTypeView(
    string Name, string? Description, JsonElement? Example, bool Archived, IReadOnlyList<EventTypeView.SchemaView> Schemas, long Version, DateTimeOffset CreatedAt)
{
    public sealed record SchemaView(int Version, JsonElement Schema, DateTimeOffset AddedAt);

    // As deep as what was accepted may be.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = SchemaLimits.DepthMax + 1 };

    /// <summary>Null when there is none.</summary>
    public static EventTypeView? Of(long version, EventType type) => type.Facts is { } facts
        ? new(facts.Name, facts.Description, facts.Example is null ? null : Json(facts.Example), type is EventType.Archived,
            [.. facts.Schemas.Select(s => new SchemaView(s.Number, Json(s.Schema), s.AddedAt))], version, facts.CreatedAt)
        : null;

    public static JsonElement Json(string json) => JsonElement.Parse(json, Deep);
}
