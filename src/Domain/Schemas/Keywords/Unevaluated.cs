using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>unevaluatedProperties</c> and <c>unevaluatedItems</c>, for what no schema beside them looked at (JSON Schema core §11).</summary>
internal sealed class Unevaluated(Kind kind, Node node) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != kind) return true;
        evaluation.Spend(instance.Count);
        var holds = true;
        for (var i = 0; i < instance.Count && (holds || evaluation.Lists); i++)
        {
            if (seen!.Has(i)) continue;
            holds &= kind == Kind.Object
                ? evaluation.Member(node, instance, i, scope, "unevaluatedProperties")
                : evaluation.Item(node, instance, i, scope, "unevaluatedItems");
            seen.Add(i);
        }
        return holds;
    }
}
