using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>dependentSchemas</c> (JSON Schema core §10.2.2.4).</summary>
internal sealed class DependentSchemas(IReadOnlyList<(string Name, Node Node)> dependent) : Keyword
{
    public override IEnumerable<Node> InPlace => dependent.Select(d => d.Node);

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Object) return true;
        evaluation.Spend(dependent.Count);
        var holds = true;
        foreach (var (name, node) in dependent)
            if (instance.Find(name) >= 0) holds &= evaluation.Apply(node, instance, scope, seen);
        return holds;
    }
}
