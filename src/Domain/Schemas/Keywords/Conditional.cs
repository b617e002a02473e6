using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>if</c>, <c>then</c> and <c>else</c> (JSON Schema core §10.2.2).</summary>
internal sealed class Conditional(Node condition, Node? then, Node? otherwise) : Keyword
{
    public override IEnumerable<Node> InPlace => new[] { condition, then, otherwise }.OfType<Node>();

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        var next = evaluation.Fits(condition, instance, scope, seen) ? then : otherwise;
        return next is null || evaluation.Apply(next, instance, scope, seen);
    }
}
