using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Filters.Matching;

/// <summary>A value written in a filter, as the right side of a comparison.</summary>
internal abstract class Operand
{
    /// <summary>Whether the subject is this value; false when it is missing or of another type.</summary>
    public abstract bool Is(in Value subject);

    /// <summary>Where the subject lies: negative below this value, zero at it, positive above. False when the two have no order.</summary>
    public virtual bool TryOrder(in Value subject, out int sign)
    {
        sign = 0;
        return false;
    }
}

internal sealed class TextOperand(string text) : Operand
{
    private readonly byte[] utf8 = Encoding.UTF8.GetBytes(text);

    public string Text => text;

    public override bool Is(in Value subject) => subject.Text is { } attribute
        ? string.Equals(attribute, text, StringComparison.Ordinal)
        : JsonText.Equals(subject.Element, text, utf8);

    public override bool TryOrder(in Value subject, out int sign)
    {
        if (subject.Text is not { } attribute)
            return JsonText.TryCompare(subject.Element, text, utf8, out sign);

        sign = JsonText.CompareCodePoints(attribute, text);
        return true;
    }
}

internal sealed class NumberOperand(ReadOnlySpan<byte> utf8) : Operand
{
    private readonly byte[] written = utf8.ToArray();

    public override bool Is(in Value subject) => TryOrder(subject, out var sign) && sign == 0;

    public override bool TryOrder(in Value subject, out int sign)
    {
        if (subject.Element.ValueKind != JsonValueKind.Number)
        {
            sign = 0;
            return false;
        }

        var number = JsonMarshal.GetRawUtf8Value(subject.Element);
        sign = number.SequenceEqual(written) ? 0 : new JsonNumber(number).CompareTo(new JsonNumber(written));
        return true;
    }
}

/// <summary>true, false or null.</summary>
internal sealed class ConstantOperand(JsonValueKind kind) : Operand
{
    public override bool Is(in Value subject) => subject.Element.ValueKind == kind;
}

internal sealed class InstantOperand(Instant instant) : Operand
{
    public override bool Is(in Value subject) => TryOrder(subject, out var sign) && sign == 0;

    public override bool TryOrder(in Value subject, out int sign)
    {
        if (subject.Text is { } attribute && Instant.TryParse(attribute, out var at))
        {
            sign = at.CompareTo(instant);
            return true;
        }

        sign = 0;
        return false;
    }
}

internal sealed class PatternOperand(Wildcard wildcard) : Operand
{
    public Wildcard Wildcard => wildcard;

    public override bool Is(in Value subject) => subject.Text is { } attribute && wildcard.Matches(attribute);
}

internal sealed class ListOperand(Operand[] elements) : Operand
{
    public override bool Is(in Value subject)
    {
        if (subject.Element.ValueKind != JsonValueKind.Array || subject.Element.GetArrayLength() != elements.Length)
            return false;

        var i = 0;
        foreach (var element in subject.Element.EnumerateArray())
        {
            if (!elements[i++].Is(new Value(element)))
                return false;
        }

        return true;
    }
}

internal sealed class ObjectOperand((string Name, Operand Value)[] fields) : Operand
{
    private readonly (byte[] Name, Operand Value)[] fields = [.. fields.Select(f => (Encoding.UTF8.GetBytes(f.Name), f.Value))];

    public override bool Is(in Value subject)
    {
        if (subject.Element.ValueKind != JsonValueKind.Object || subject.Element.GetPropertyCount() != fields.Length)
            return false;

        foreach (var (name, value) in fields)
        {
            if (!JsonText.TryGetProperty(subject.Element, name, out var field) || !value.Is(new Value(field)))
                return false;
        }

        return true;
    }
}
