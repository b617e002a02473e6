using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary>
/// <c>$ref</c> (JSON Schema core §8.2.3.1), and <c>$dynamicRef</c> (§8.2.3.2): where the target of that carries the name as a <c>$dynamicAnchor</c>, the
/// outermost resource that evaluation came through and that has the name too takes the target's place.
/// </summary>
internal sealed class Reference : Keyword
{
    /// <summary>Set when all of the document is read.</summary>
    public Node Target { get; set; } = null!;

    /// <summary>The name of a dynamic anchor; null when the target is always the same.</summary>
    public string? Name { get; set; }

    // What a dynamic reference leads to shows only while checking, and so does a loop of it.
    public override IEnumerable<Node> InPlace => Name is null ? [Target] : [];

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        var target = Target;
        for (var at = Name is null ? null : scope; at is not null; at = at.Outer)
        {
            evaluation.Spend(1);
            if (at.Resource.DynamicAnchors.TryGetValue(Name!, out var outer)) target = outer;
        }
        return evaluation.Apply(target, instance, scope, seen);
    }
}
