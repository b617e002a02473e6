using System.Runtime.InteropServices;
using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>What a condition is about, and therefore which values and operators make sense in it.</summary>
internal abstract class Target
{
    /// <summary>Whether every event has it.</summary>
    public virtual bool AlwaysThere => false;

    /// <summary>Whether it can hold fields and lists.</summary>
    public virtual bool IsData => false;

    /// <summary>Why <c>$startsWith</c> and <c>$endsWith</c> with this text cannot be right; null when they can.</summary>
    public virtual string? AgainstAffix(string text) => null;

    /// <summary>A value to be equal to.</summary>
    public abstract Operand Exact(JsonElement json, Place place);

    /// <summary>A value to lie above or below of.</summary>
    public abstract Operand Bound(JsonElement json, Place place);

    /// <summary>The same value as an event would carry it; null when it stands for more than one.</summary>
    public virtual Value? Sample(JsonElement json) => new Value(json.GetString());

    protected static string Text(JsonElement json, Place place, string what) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()!
        : json.ValueKind == JsonValueKind.Null ? throw place.Refuse($"{what} is never null; where there is none, {{\"$exist\":false}} says so.")
        : throw place.Refuse($"{what} is text: write a string.");
}

internal sealed class TextTarget(string name, bool alwaysThere) : Target
{
    public override bool AlwaysThere => alwaysThere;

    public override Operand Exact(JsonElement json, Place place) => new TextOperand(Text(json, place, name));

    public override Operand Bound(JsonElement json, Place place) => Exact(json, place);
}

internal sealed class TypeTarget : Target
{
    public override bool AlwaysThere => true;

    public override string? AgainstAffix(string text) => text.Contains('*', StringComparison.Ordinal)
        ? "A wildcard belongs into an exact value, as in \"order.*\"; here it would be looked for as a star."
        : null;

    public override Operand Exact(JsonElement json, Place place)
    {
        var text = Text(json, place, "type");
        var wildcards = text.Count(c => c == '*');
        if (wildcards > FilterLimits.WildcardsMax)
            throw place.Refuse($"A pattern has at most {FilterLimits.WildcardsMax} wildcards.");

        return wildcards == 0 ? new TextOperand(text) : new PatternOperand(new Wildcard(text));
    }

    public override Operand Bound(JsonElement json, Place place)
    {
        var text = Text(json, place, "type");
        return AgainstAffix(text) is { } reason ? throw place.Refuse(reason) : new TextOperand(text);
    }

    public override Value? Sample(JsonElement json) => json.GetString()!.Contains('*', StringComparison.Ordinal) ? null : base.Sample(json);
}

internal sealed class TimeTarget : Target
{
    public override string? AgainstAffix(string text) => "time is an instant, not text: use $gte and $lt.";

    public override Operand Exact(JsonElement json, Place place) => Instant.TryParse(Text(json, place, "time"), out var instant)
        ? new InstantOperand(instant)
        : throw place.Refuse("time is compared with RFC 3339, as in \"2026-11-20T08:30:00Z\".");

    public override Operand Bound(JsonElement json, Place place) => Exact(json, place);
}

internal sealed class DataTarget : Target
{
    public override bool IsData => true;

    public override Operand Exact(JsonElement json, Place place) => json.ValueKind switch
    {
        JsonValueKind.String => new TextOperand(json.GetString()!),
        JsonValueKind.Number => new NumberOperand(JsonMarshal.GetRawUtf8Value(json)),
        JsonValueKind.Array => new ListOperand([.. json.EnumerateArray().Select((element, i) => Exact(element, place.At(i)))]),
        JsonValueKind.Object => new ObjectOperand([.. json.EnumerateObject().Select(p => (p.Name, ExactField(p, place.Into(p.Name))))]),
        var constant => new ConstantOperand(constant),
    };

    public override Operand Bound(JsonElement json, Place place) => json.ValueKind is JsonValueKind.String or JsonValueKind.Number
        ? Exact(json, place)
        : throw place.Refuse("Only a number or a string lies above or below another.");

    public override Value? Sample(JsonElement json) => new Value(json);

    private Operand ExactField(JsonProperty property, Place place) => Names.Operators.Contains(property.Name)
        ? throw place.Refuse("An operator inside an exact value would not be asked, only compared.")
        : Exact(property.Value, place);
}
