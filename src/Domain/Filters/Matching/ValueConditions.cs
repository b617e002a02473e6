using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Filters.Matching;

internal enum Ordering { Above, AtLeast, Below, AtMost }

internal sealed class EqualTo(Operand operand) : Condition<Value>
{
    public Operand Operand => operand;

    public override bool Holds(in Value subject) => operand.Is(subject);
}

internal sealed class OneOf(Operand[] operands) : Condition<Value>
{
    public IReadOnlyList<Operand> Operands => operands;

    public override bool Holds(in Value subject)
    {
        foreach (var operand in operands)
        {
            if (operand.Is(subject))
                return true;
        }

        return false;
    }
}

internal sealed class Ordered(Operand operand, Ordering ordering) : Condition<Value>
{
    public override bool Holds(in Value subject) => operand.TryOrder(subject, out var sign) && ordering switch
    {
        Ordering.Above => sign > 0,
        Ordering.AtLeast => sign >= 0,
        Ordering.Below => sign < 0,
        Ordering.AtMost => sign <= 0,
        _ => throw new InvalidOperationException($"No ordering {ordering}."),
    };
}

internal sealed class StartsWith(string text) : Condition<Value>
{
    private readonly byte[] utf8 = Encoding.UTF8.GetBytes(text);

    public string Text => text;

    public override bool Holds(in Value subject) => subject.Text is { } attribute
        ? attribute.StartsWith(text, StringComparison.Ordinal)
        : JsonText.StartsWith(subject.Element, text, utf8);
}

internal sealed class EndsWith(string text) : Condition<Value>
{
    private readonly byte[] utf8 = Encoding.UTF8.GetBytes(text);

    public override bool Holds(in Value subject) => subject.Text is { } attribute
        ? attribute.EndsWith(text, StringComparison.Ordinal)
        : JsonText.EndsWith(subject.Element, text, utf8);
}

internal sealed class Exists(bool wanted) : Condition<Value>
{
    public override bool Holds(in Value subject) => !subject.IsMissing == wanted;
}

/// <summary>A condition on a field of an object; in anything else the field is missing.</summary>
internal sealed class Field(string name, Condition<Value> condition) : Condition<Value>
{
    private readonly byte[] utf8 = Encoding.UTF8.GetBytes(name);

    public override bool Holds(in Value subject) =>
        JsonText.TryGetProperty(subject.Element, utf8, out var field)
            ? condition.Holds(new Value(field))
            : condition.Holds(Value.Missing);
}

/// <summary>
/// A list in the data satisfies a condition when one of its elements does, or the list itself. The list itself is not asked for fields:
/// it has none, and a condition that holds of a missing field would hold of every list.
/// </summary>
internal sealed class OfSomeElement(Condition<Value> condition, bool looksAtFields) : Condition<Value>
{
    public override bool Holds(in Value subject)
    {
        if (subject.Element.ValueKind != JsonValueKind.Array)
            return condition.Holds(subject);

        if (!looksAtFields && condition.Holds(subject))
            return true;

        foreach (var element in subject.Element.EnumerateArray())
        {
            if (condition.Holds(new Value(element)))
                return true;
        }

        return false;
    }
}
