using System.Text.Json;

namespace EventMesh.Domain.Catalogue;

public abstract record EventTypeCommand
{
    private EventTypeCommand() { }

    public sealed record CreateEventType(string Name, string? Description, string? Example, string? Schema, DateTimeOffset At) : EventTypeCommand;
    /// <summary>Null takes away.</summary>
    public sealed record ChangeEventType(string? Description, string? Example, DateTimeOffset At) : EventTypeCommand;
    public sealed record AddSchema(string Schema, DateTimeOffset At) : EventTypeCommand;
    public sealed record ArchiveEventType(DateTimeOffset At) : EventTypeCommand;
    public sealed record RestoreEventType(DateTimeOffset At) : EventTypeCommand;
}

public static class EventTypeDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static EventTypeEvent[] Decide(EventTypeCommand command, EventType state) => (command, state) switch
    {
        (EventTypeCommand.CreateEventType create, EventType.Missing) => Created(create),
        (EventTypeCommand.CreateEventType, _) => throw new Refused("event_type.exists", "An event type of this name exists already."),
        (_, EventType.Missing) => throw new Refused("event_type.missing", "There is no such event type."),

        (EventTypeCommand.ArchiveEventType archive, EventType.Listed) => [new EventTypeEvent.EventTypeArchived(archive.At)],
        (EventTypeCommand.ArchiveEventType, EventType.Archived) => [],

        (EventTypeCommand.RestoreEventType restore, EventType.Archived) => [new EventTypeEvent.EventTypeRestored(restore.At)],
        (EventTypeCommand.RestoreEventType, EventType.Listed) => [],

        (EventTypeCommand.ChangeEventType change, _) => Changed(change, state.Facts!),
        (EventTypeCommand.AddSchema add, _) => Added(add, state.Facts!),

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    private static EventTypeEvent[] Created(EventTypeCommand.CreateEventType create)
    {
        var created = new EventTypeEvent.EventTypeCreated(create.Name, create.Description, create.Example, create.At);
        return create.Schema is null ? [created] : [created, new EventTypeEvent.EventTypeSchemaAdded(1, create.Schema, create.At)];
    }

    private static EventTypeEvent[] Changed(EventTypeCommand.ChangeEventType change, EventTypeFacts now) =>
        change.Description == now.Description && IsSame(change.Example, now.Example) ? [] : [new EventTypeEvent.EventTypeChanged(change.Description, change.Example, change.At)];

    private static EventTypeEvent[] Added(EventTypeCommand.AddSchema add, EventTypeFacts now)
    {
        if (IsSame(add.Schema, now.Newest?.Schema)) return [];
        return now.Schemas.Count < CatalogueLimits.VersionsMax
            ? [new EventTypeEvent.EventTypeSchemaAdded(now.Schemas.Count + 1, add.Schema, add.At)]
            : throw new Refused("event_type.versions", $"An event type has at most {CatalogueLimits.VersionsMax} versions of its schema; describe what is different now under another name.");
    }

    // The order of members and white space do not make another schema.
    private static bool IsSame(string? left, string? right) =>
        left == right || left is not null && right is not null && JsonElement.DeepEquals(Parsed(left), Parsed(right));

    private static JsonElement Parsed(string json) => JsonElement.Parse(json, new() { MaxDepth = CatalogueLimits.ExampleDepthMax + 1 });
}
