using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>propertyNames</c> (JSON Schema core §10.3.2.4).</summary>
internal sealed class PropertyNames(Node node) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Object) return true;
        var holds = true;
        for (var i = 0; i < instance.Members.Length && (holds || evaluation.Lists); i++)
        {
            evaluation.Spend(1);
            holds &= evaluation.Name(node, instance, i, scope);
        }
        return holds;
    }
}
