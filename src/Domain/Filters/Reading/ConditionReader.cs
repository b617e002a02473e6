using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>Reads what is asked of one value: an exact value, a list of choices, or an object of operators and fields.</summary>
internal sealed class ConditionReader
{
    private int conditions;

    public Condition<Value> Read(JsonElement json, Target target, Place place) => json.ValueKind switch
    {
        JsonValueKind.Object => ReadObject(json, target, place),
        JsonValueKind.Array => ReadChoices(json, target, place),
        _ => Parts.OfOneValue(new EqualTo(Exact(json, target, place)), target),
    };

    public static void CheckList(JsonElement json, Place place)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw place.Refuse("A list of at least one is needed.");
    }

    private Condition<Value> ReadObject(JsonElement json, Target target, Place place)
    {
        if (json.GetPropertyCount() == 0)
            throw place.Refuse("An empty object says nothing; {\"$exist\":true} asks whether there is a value" + (target.IsData ? ", {\"$eq\":{}} for an empty object." : "."));

        var parts = new Parts(target);
        foreach (var property in json.EnumerateObject())
            ReadKey(property.Name, property.Value, parts, target, place.Into(property.Name));
        Contradictions.Check(parts, place);
        return parts.ToCondition();
    }

    private void ReadKey(string key, JsonElement json, Parts parts, Target target, Place place)
    {
        switch (key)
        {
            case "$eq": parts.Equal(Exact(json, target, place), json); break;
            case "$neq": parts.Excluded(new EqualTo(Exact(json, target, place))); break;
            case "$in": parts.In(ReadOperands(json, target, place), json); break;
            case "$nin": parts.Excluded(new OneOf(ReadOperands(json, target, place))); break;
            case "$gt": parts.Bound(key, Bound(json, target, place), Ordering.Above, json); break;
            case "$gte": parts.Bound(key, Bound(json, target, place), Ordering.AtLeast, json); break;
            case "$lt": parts.Bound(key, Bound(json, target, place), Ordering.Below, json); break;
            case "$lte": parts.Bound(key, Bound(json, target, place), Ordering.AtMost, json); break;
            case "$startsWith": parts.Affix(key, new StartsWith(Affix(json, target, place))); break;
            case "$endsWith": parts.Affix(key, new EndsWith(Affix(json, target, place))); break;
            case "$exist": parts.Existence(ReadExistence(json, target, place)); break;
            case "$and": parts.Whole(new AllOf<Value>(ReadEach(json, target, place))); break;
            case "$or": parts.Whole(new AnyOf<Value>(ReadEach(json, target, place))); break;
            case "$not": parts.Whole(new Not<Value>(Read(json, target, place))); break;
            case var _ when key.StartsWith('$') || !target.IsData:
                throw place.Refuse($"Unknown operator; did you mean \"{Names.Nearest(key, Names.Operators)}\"?");
            default: parts.Field(key, Read(json, target, place)); break;
        }
    }

    private Condition<Value> ReadChoices(JsonElement json, Target target, Place place)
    {
        CheckList(json, place);
        if (json.EnumerateArray().All(element => element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)))
            return Parts.OfOneValue(new OneOf(ReadOperands(json, target, place)), target);

        return new AnyOf<Value>([.. json.EnumerateArray().Select((element, i) => element.ValueKind == JsonValueKind.Array
            ? throw place.At(i).Refuse("A list of choices holds no list; {\"$eq\":[…]} compares with a list.")
            : Read(element, target, place.At(i)))]);
    }

    private Operand[] ReadOperands(JsonElement json, Target target, Place place)
    {
        CheckList(json, place);
        return [.. json.EnumerateArray().Select((element, i) => Exact(element, target, place.At(i)))];
    }

    private Condition<Value>[] ReadEach(JsonElement json, Target target, Place place)
    {
        CheckList(json, place);
        return [.. json.EnumerateArray().Select((element, i) => element.ValueKind == JsonValueKind.Object
            ? ReadObject(element, target, place.At(i))
            : throw place.At(i).Refuse("Here stands an object of operators" + (target.IsData ? " or fields." : ".")))];
    }

    private Exists ReadExistence(JsonElement json, Target target, Place place)
    {
        Count(place);
        if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw place.Refuse("Write true or false.");
        if (json.ValueKind == JsonValueKind.False && target.AlwaysThere)
            throw place.Refuse("Every event has it: nothing would match.");

        return new Exists(json.GetBoolean());
    }

    private string Affix(JsonElement json, Target target, Place place)
    {
        Count(place);
        if (json.ValueKind != JsonValueKind.String)
            throw place.Refuse("Write a string.");

        var text = json.GetString()!;
        return target.AgainstAffix(text) is { } reason ? throw place.Refuse(reason) : text;
    }

    private Operand Exact(JsonElement json, Target target, Place place)
    {
        Count(place);
        return target.Exact(json, place);
    }

    private Operand Bound(JsonElement json, Target target, Place place)
    {
        Count(place);
        return target.Bound(json, place);
    }

    private void Count(Place place)
    {
        if (++conditions > FilterLimits.ConditionsMax)
            throw place.Refuse($"A filter has at most {FilterLimits.ConditionsMax} comparisons.");
    }
}
