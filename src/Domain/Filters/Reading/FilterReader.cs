using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>Makes a tree of conditions from a filter's JSON. Its shape has been checked before.</summary>
internal sealed class FilterReader
{
    private const string DottedPrefix = "data.";

    private static readonly Target Type = new TypeTarget(), Time = new TimeTarget(), Data = new DataTarget();

    private readonly ConditionReader conditions = new();

    /// <summary>Whether anything read so far looks at the event's data.</summary>
    public bool ReadsData { get; private set; }

    /// <exception cref="FilterRefused">The filter cannot be right.</exception>
    public Condition<FilterInput> Read(JsonElement json, Place place)
    {
        var parts = new List<Condition<FilterInput>>();
        foreach (var property in json.EnumerateObject())
            parts.Add(ReadKey(property.Name, property.Value, place.Into(property.Name)));
        return parts.Count == 1 ? parts[0] : new AllOf<FilterInput>([.. parts]);
    }

    private Condition<FilterInput> ReadKey(string key, JsonElement json, Place place) => key switch
    {
        "type" => On(EventAttribute.Type, Type, json, place),
        "source" => On(EventAttribute.Source, new TextTarget(key, alwaysThere: true), json, place),
        "subject" => On(EventAttribute.Subject, new TextTarget(key, alwaysThere: false), json, place),
        "resource" => On(EventAttribute.Resource, new TextTarget(key, alwaysThere: false), json, place),
        "resource_id" => On(EventAttribute.ResourceId, new TextTarget(key, alwaysThere: false), json, place),
        "time" => On(EventAttribute.Time, Time, json, place),
        "data" => ReadData(json, place),
        "$and" => new AllOf<FilterInput>(ReadEach(json, place)),
        "$or" => new AnyOf<FilterInput>(ReadEach(json, place)),
        "$not" => new Not<FilterInput>(ReadNested(json, place)),
        _ when key.StartsWith(DottedPrefix, StringComparison.Ordinal) => ReadDotted(key[DottedPrefix.Length..].Split('.'), json, place),
        _ when Names.Operators.Contains(key) => throw place.Refuse($"{key} compares one value: it belongs below a field, as in {{\"type\":{{\"{key}\":…}}}}."),
        _ => throw place.Refuse($"Unknown key; did you mean \"{Names.Nearest(key, Names.Keys)}\"?"),
    };

    private OnAttribute On(EventAttribute attribute, Target target, JsonElement json, Place place) =>
        new(attribute, conditions.Read(json, target, place));

    private OnData ReadData(JsonElement json, Place place)
    {
        ReadsData = true;
        var saysNothing = json.ValueKind == JsonValueKind.Object && json.GetPropertyCount() == 0;
        return new OnData(saysNothing ? new AllOf<Value>([]) : conditions.Read(json, Data, place));
    }

    /// <summary><c>"data.total": 1</c> is <c>"data": {"total": 1}</c>.</summary>
    private OnData ReadDotted(string[] names, JsonElement json, Place place)
    {
        ReadsData = true;
        if (names.Contains(""))
            throw place.Refuse("A name is missing beside a dot.");
        if (Array.Find(names, name => name.StartsWith('$')) is { } name)
            throw place.Refuse($"{name} is not the name of a field; an operator belongs into an object, as in {{\"data.total\":{{\"$gte\":100}}}}.");
        if (names.Length + place.Depth > FilterLimits.DepthMax)
            throw place.Refuse($"Objects and lists lie at most {FilterLimits.DepthMax} deep.");

        var condition = conditions.Read(json, Data, place);
        foreach (var inner in names.Reverse())
            condition = new OfSomeElement(new Field(inner, condition), looksAtFields: true);
        return new OnData(condition);
    }

    private Condition<FilterInput>[] ReadEach(JsonElement json, Place place)
    {
        ConditionReader.CheckList(json, place);
        return [.. json.EnumerateArray().Select((element, i) => ReadNested(element, place.At(i)))];
    }

    private Condition<FilterInput> ReadNested(JsonElement json, Place place)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw place.Refuse("Here stands a filter: an object, as in {\"type\":\"order.created\"}.");
        if (json.GetPropertyCount() == 0)
            throw place.Refuse("An empty object says nothing.");

        return Read(json, place);
    }
}
