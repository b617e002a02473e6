namespace EventMesh.Domain.Filters.Matching;

internal enum EventAttribute { Type, Source, Subject, Resource, ResourceId, Time }

/// <summary>A condition on one attribute of the event.</summary>
internal sealed class OnAttribute(EventAttribute attribute, Condition<Value> condition) : Condition<FilterInput>
{
    public EventAttribute Attribute => attribute;

    public Condition<Value> Condition => condition;

    public override bool Holds(in FilterInput subject) => condition.Holds(new Value(attribute switch
    {
        EventAttribute.Type => subject.Type,
        EventAttribute.Source => subject.Source,
        EventAttribute.Subject => subject.Subject,
        EventAttribute.Resource => subject.Resource,
        EventAttribute.ResourceId => subject.ResourceId,
        EventAttribute.Time => subject.Time,
        _ => throw new InvalidOperationException($"No attribute {attribute}."),
    }));
}

/// <summary>A condition on the event's data.</summary>
internal sealed class OnData(Condition<Value> condition) : Condition<FilterInput>
{
    public override bool Holds(in FilterInput subject) => condition.Holds(new Value(subject.Data));
}
