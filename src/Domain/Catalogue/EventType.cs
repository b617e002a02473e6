namespace EventMesh.Domain.Catalogue;

/// <summary>
/// What has happened to a type of the catalogue, and what it therefore is. Schemas and examples are JSON in text, so that they come back as their author
/// wrote them: a jsonb column sorts members and writes numbers anew.
/// </summary>
public abstract record EventTypeEvent
{
    private EventTypeEvent() { }

    /// <param name="Name">The CloudEvents type it describes.</param>
    /// <param name="Example">JSON: the data of an event of this type.</param>
    public sealed record EventTypeCreated(string Name, string? Description, string? Example, DateTimeOffset At) : EventTypeEvent;
    public sealed record EventTypeChanged(string? Description, string? Example, DateTimeOffset At) : EventTypeEvent;
    /// <param name="Number">From 1.</param>
    /// <param name="Schema">JSON Schema 2020-12.</param>
    public sealed record EventTypeSchemaAdded(int Number, string Schema, DateTimeOffset At) : EventTypeEvent;
    public sealed record EventTypeArchived(DateTimeOffset At) : EventTypeEvent;
    public sealed record EventTypeRestored(DateTimeOffset At) : EventTypeEvent;
}

/// <summary>A version of a type's schema. It never changes; the newest one holds.</summary>
/// <param name="Number">From 1.</param>
public sealed record SchemaVersion(int Number, string Schema, DateTimeOffset AddedAt);

/// <summary>What a type is, archived or not.</summary>
/// <param name="Schemas">The oldest first; none for a type that asks nothing of its data.</param>
public sealed record EventTypeFacts(string Name, string? Description, string? Example, IReadOnlyList<SchemaVersion> Schemas, DateTimeOffset CreatedAt)
{
    public SchemaVersion? Newest => Schemas.Count == 0 ? null : Schemas[^1];
}

public abstract record EventType
{
    private EventType() { }

    public sealed record Missing : EventType;
    public sealed record Listed(EventTypeFacts Is) : EventType;
    /// <summary>Out of the lists. Events of the type are accepted and checked as before.</summary>
    public sealed record Archived(EventTypeFacts Is) : EventType;

    public static readonly EventType Initial = new Missing();

    /// <summary>Null when there is none.</summary>
    public EventTypeFacts? Facts => this switch { Listed listed => listed.Is, Archived archived => archived.Is, _ => null };

    public static EventType Evolve(EventType state, EventTypeEvent happened) => (state, happened) switch
    {
        (_, EventTypeEvent.EventTypeCreated created) => new Listed(new(created.Name, created.Description, created.Example, [], created.At)),
        (Listed listed, EventTypeEvent.EventTypeArchived) => new Archived(listed.Is),
        (Archived archived, EventTypeEvent.EventTypeRestored) => new Listed(archived.Is),
        (Listed listed, _) => new Listed(Evolve(listed.Is, happened)),
        (Archived archived, _) => new Archived(Evolve(archived.Is, happened)),
        _ => state,
    };

    private static EventTypeFacts Evolve(EventTypeFacts facts, EventTypeEvent happened) => happened switch
    {
        EventTypeEvent.EventTypeChanged changed => facts with { Description = changed.Description, Example = changed.Example },
        EventTypeEvent.EventTypeSchemaAdded added => facts with { Schemas = [.. facts.Schemas, new(added.Number, added.Schema, added.At)] },
        _ => facts,
    };
}
