using System.Text;
using System.Text.Json;
using EventMesh.Domain.Catalogue;
using EventMesh.Domain.Schemas;

namespace EventMesh.Projections.Index;

/// <summary>
/// An event type with its newest schema. The schema is kept as the bytes it was written in and compiled when the first event is held against it: most nodes
/// never see most types.
/// </summary>
public sealed class CataloguedType
{
    private readonly byte[]? schema;
    private readonly Lazy<JsonSchema>? compiled;

    private CataloguedType(string name, string? description, bool isArchived, int schemaNumber, byte[]? schema, Lazy<JsonSchema>? compiled, DateTimeOffset createdAt)
    {
        this.schema = schema;
        this.compiled = compiled;
        (Name, Description, IsArchived, SchemaNumber, CreatedAt) = (name, description, isArchived, schemaNumber, createdAt);
    }

    public string Name { get; }
    public string? Description { get; }
    public bool IsArchived { get; }

    /// <summary>The newest version of the schema; 0 when there is none.</summary>
    public int SchemaNumber { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>UTF-8 bytes of the newest schema.</summary>
    public int SchemaBytes => schema?.Length ?? 0;

    /// <summary>The newest schema; null when there is none.</summary>
    /// <exception cref="SchemaRefused">It was accepted once, and would not be today.</exception>
    public JsonSchema? Schema => compiled?.Value;

    internal static CataloguedType? Evolve(CataloguedType? type, EventTypeEvent happened) => (type, happened) switch
    {
        (_, EventTypeEvent.EventTypeCreated created) => new(created.Name, created.Description, false, 0, null, null, created.At),
        (null, _) => null,
        (_, EventTypeEvent.EventTypeChanged changed) => type.With(changed.Description, type.IsArchived),
        (_, EventTypeEvent.EventTypeArchived) => type.With(type.Description, true),
        (_, EventTypeEvent.EventTypeRestored) => type.With(type.Description, false),
        (_, EventTypeEvent.EventTypeSchemaAdded added) => type.With(added),
        _ => type,
    };

    private CataloguedType With(string? description, bool isArchived) => new(Name, description, isArchived, SchemaNumber, schema, compiled, CreatedAt);

    private CataloguedType With(EventTypeEvent.EventTypeSchemaAdded added)
    {
        var bytes = Encoding.UTF8.GetBytes(added.Schema);
        return new(Name, Description, IsArchived, added.Number, bytes, new(() => Compiled(bytes)), CreatedAt);
    }

    private static JsonSchema Compiled(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes, new() { MaxDepth = SchemaLimits.DepthMax });
        return JsonSchema.Parse(document.RootElement);
    }
}
