using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>
/// The conditions of one object, sorted by how they treat a list in the data: comparisons and fields must be satisfied together, by one element of it;
/// <c>$neq $nin $exist $and $or $not</c> look at the whole value, each for itself.
/// </summary>
internal sealed class Parts(Target target)
{
    private readonly List<Condition<Value>> together = [];
    private readonly List<Condition<Value>> whole = [];
    private readonly List<Condition<Value>> fields = [];

    public Target Target => target;

    /// <summary>Comparisons and fields, all to be satisfied by one value.</summary>
    public IReadOnlyList<Condition<Value>> Together => together;

    public IReadOnlyList<Condition<Value>> Fields => fields;

    /// <summary>What <c>$neq</c> and <c>$nin</c> exclude.</summary>
    public List<Condition<Value>> Exclusions { get; } = [];

    /// <summary>Each set of values that <c>$eq</c> or <c>$in</c> confines the value to.</summary>
    public List<(string Operator, JsonElement[] Values)> Choices { get; } = [];

    public List<(string Operator, Operand Operand, Ordering Ordering, JsonElement Json)> Bounds { get; } = [];

    /// <summary><c>$startsWith</c> or <c>$endsWith</c>; null when there is neither.</summary>
    public string? AffixOperator { get; private set; }

    public bool MustBeMissing { get; private set; }

    public IEnumerable<Condition<Value>> All => [.. whole, .. together];

    public static Condition<Value> OfOneValue(Condition<Value> condition, Target target) =>
        target.IsData ? new OfSomeElement(condition, looksAtFields: false) : condition;

    public void Equal(Operand operand, JsonElement json)
    {
        together.Add(new EqualTo(operand));
        Choices.Add(("$eq", [json]));
    }

    public void In(Operand[] operands, JsonElement json)
    {
        together.Add(new OneOf(operands));
        Choices.Add(("$in", [.. json.EnumerateArray()]));
    }

    public void Excluded(Condition<Value> condition)
    {
        Exclusions.Add(condition);
        whole.Add(new Not<Value>(OfOneValue(condition, target)));
    }

    public void Bound(string name, Operand operand, Ordering ordering, JsonElement json)
    {
        together.Add(new Ordered(operand, ordering));
        Bounds.Add((name, operand, ordering, json));
    }

    public void Affix(string name, Condition<Value> condition)
    {
        together.Add(condition);
        AffixOperator = name;
    }

    public void Field(string name, Condition<Value> condition)
    {
        var field = new Field(name, condition);
        together.Add(field);
        fields.Add(field);
    }

    public void Existence(Exists condition)
    {
        whole.Add(condition);
        MustBeMissing |= condition.Holds(Value.Missing);
    }

    public void Whole(Condition<Value> condition) => whole.Add(condition);

    public Condition<Value> ToCondition()
    {
        if (together.Count > 0)
        {
            var one = Join(together);
            whole.Add(target.IsData ? new OfSomeElement(one, looksAtFields: fields.Count > 0) : one);
        }

        return Join(whole);
    }

    private static Condition<Value> Join(List<Condition<Value>> conditions) =>
        conditions.Count == 1 ? conditions[0] : new AllOf<Value>([.. conditions]);
}
