using System.Collections.Immutable;
using EventMesh.Domain.Catalogue;

namespace EventMesh.Projections.Index;

/// <summary>A workspace's event types at one moment, by name: for each what publishing asks of it. Never changed: a later moment is another one.</summary>
public sealed class Catalogue
{
    public static readonly Catalogue Empty = new(ImmutableDictionary<string, CataloguedType>.Empty, ImmutableDictionary<string, string>.Empty, 0);

    private readonly ImmutableDictionary<string, CataloguedType> types;
    private readonly ImmutableDictionary<string, string> names;

    private Catalogue(ImmutableDictionary<string, CataloguedType> types, ImmutableDictionary<string, string> names, long schemaBytes)
    {
        this.types = types;
        this.names = names;
        SchemaBytes = schemaBytes;
    }

    public int Count => types.Count;

    /// <summary>UTF-8 bytes of the newest schemas together; 0 when there is none, and nothing is checked.</summary>
    public long SchemaBytes { get; }

    public IEnumerable<CataloguedType> Types => types.Values;

    /// <summary>Null when the type is not in the catalogue.</summary>
    public CataloguedType? Find(string type) => types.GetValueOrDefault(type);

    internal Catalogue Apply(string stream, EventTypeEvent happened)
    {
        var name = happened is EventTypeEvent.EventTypeCreated created ? created.Name : names.GetValueOrDefault(stream);
        // Without its beginning a type has no name that an event could have.
        if (name is null) return this;
        var before = Find(name);
        var after = CataloguedType.Evolve(before, happened);
        return after is null ? this : new(types.SetItem(name, after), names.SetItem(stream, name), SchemaBytes - (before?.SchemaBytes ?? 0) + after.SchemaBytes);
    }
}
