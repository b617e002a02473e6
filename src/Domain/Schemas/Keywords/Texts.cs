using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.Patterns;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>minLength</c> and <c>maxLength</c>, in Unicode characters (JSON Schema validation §6.3.1, §6.3.2).</summary>
internal sealed class TextLength(string keyword, long limit) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.String) return true;
        evaluation.Spend(1 + instance.Text.Length / 32);
        var pairs = 0;
        foreach (var unit in instance.Text)
            if (char.IsLowSurrogate(unit)) pairs++;
        return Counts.Keep(keyword, instance.Text.Length - pairs, limit) || evaluation.Fault(keyword, Counts.Asked(keyword, limit, "character"));
    }
}

/// <summary><c>pattern</c> (JSON Schema validation §6.3.3).</summary>
internal sealed class Matches(Pattern pattern) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.String) return true;
        evaluation.Spend(pattern.StepsFor(instance.Text));
        return pattern.IsIn(instance.Text) || evaluation.Fault("pattern", $"must match {pattern.Shown}");
    }
}
