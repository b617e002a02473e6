using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>required</c> (JSON Schema validation §6.5.3).</summary>
internal sealed class Required(IReadOnlyList<string> names) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Object) return true;
        evaluation.Spend(names.Count);
        var holds = true;
        foreach (var name in names)
        {
            if (instance.Find(name) >= 0) continue;
            holds = evaluation.Fault("required", $"must have the member '{name}'");
            if (!evaluation.Lists) break;
        }
        return holds;
    }
}

/// <summary><c>dependentRequired</c> (JSON Schema validation §6.5.4).</summary>
internal sealed class DependentRequired(IReadOnlyList<(string Name, IReadOnlyList<string> Needs)> dependent) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Object) return true;
        var holds = true;
        foreach (var (name, needs) in dependent)
        {
            evaluation.Spend(1);
            if (instance.Find(name) < 0) continue;
            evaluation.Spend(needs.Count);
            foreach (var needed in needs)
                if (instance.Find(needed) < 0) holds = evaluation.Fault("dependentRequired", $"must have the member '{needed}', because it has '{name}'");
        }
        return holds;
    }
}
