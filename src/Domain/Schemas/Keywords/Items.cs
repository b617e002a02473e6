using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>prefixItems</c> and <c>items</c>, which is for what the other left over (JSON Schema core §10.3.1).</summary>
internal sealed class Items(IReadOnlyList<Node> prefix, Node? rest) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Array) return true;
        var holds = true;
        var end = rest is null ? Math.Min(prefix.Count, instance.Items.Length) : instance.Items.Length;
        evaluation.Spend(end);
        for (var i = 0; i < end && (holds || evaluation.Lists); i++)
        {
            holds &= i < prefix.Count ? evaluation.Item(prefix[i], instance, i, scope, "prefixItems") : evaluation.Item(rest!, instance, i, scope, "items");
            seen?.Add(i);
        }
        return holds;
    }
}
