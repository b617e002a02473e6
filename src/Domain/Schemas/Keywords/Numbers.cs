using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms (JSON Schema validation §6.2), exact whatever the size of the numbers.</summary>
internal sealed class NumberRange(string keyword, ExactNumber limit) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Number) return true;
        var sign = instance.Number.CompareTo(limit);
        return keyword switch
        {
            "minimum" => sign >= 0 || evaluation.Fault(keyword, $"must be at least {limit}"),
            "maximum" => sign <= 0 || evaluation.Fault(keyword, $"must be at most {limit}"),
            "exclusiveMinimum" => sign > 0 || evaluation.Fault(keyword, $"must be more than {limit}"),
            _ => sign < 0 || evaluation.Fault(keyword, $"must be less than {limit}"),
        };
    }
}

/// <summary><c>multipleOf</c> (JSON Schema validation §6.2.1).</summary>
internal sealed class MultipleOf(ExactNumber unit) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Number) return true;
        var digits = instance.Number.Digits.Length;
        if (digits > SchemaLimits.NumberDigitsMax) return evaluation.Fault("multipleOf", $"has more than {SchemaLimits.NumberDigitsMax} digits");
        // What a division costs grows with both numbers.
        evaluation.Spend(1 + digits * unit.Digits.Length / 256);
        return instance.Number.IsMultipleOf(unit) || evaluation.Fault("multipleOf", $"must be a multiple of {unit}");
    }
}
