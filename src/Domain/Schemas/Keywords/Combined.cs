using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>allOf</c> (JSON Schema core §10.2.1.1).</summary>
internal sealed class AllOf(IReadOnlyList<Node> nodes) : Keyword
{
    public override IEnumerable<Node> InPlace => nodes;

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        var holds = true;
        foreach (var node in nodes)
        {
            holds &= evaluation.Apply(node, instance, scope, seen);
            if (!holds && !evaluation.Lists) break;
        }
        return holds;
    }
}

/// <summary><c>anyOf</c> (JSON Schema core §10.2.1.2). All are tried when somebody asks what they looked at.</summary>
internal sealed class AnyOf(IReadOnlyList<Node> nodes) : Keyword
{
    public override IEnumerable<Node> InPlace => nodes;

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        var holds = false;
        foreach (var node in nodes)
        {
            holds |= evaluation.Fits(node, instance, scope, seen);
            if (holds && seen is null) break;
        }
        return holds || evaluation.Fault("anyOf", $"fits none of the {nodes.Count} schemas of anyOf");
    }
}

/// <summary><c>oneOf</c> (JSON Schema core §10.2.1.3).</summary>
internal sealed class OneOf(IReadOnlyList<Node> nodes) : Keyword
{
    public override IEnumerable<Node> InPlace => nodes;

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        var first = -1;
        for (var i = 0; i < nodes.Count; i++)
        {
            if (!evaluation.Fits(nodes[i], instance, scope, seen)) continue;
            if (first >= 0) return evaluation.Fault("oneOf", $"fits schemas {first} and {i} of oneOf, and may fit only one");
            first = i;
        }
        return first >= 0 || evaluation.Fault("oneOf", $"fits none of the {nodes.Count} schemas of oneOf");
    }
}

/// <summary><c>not</c> (JSON Schema core §10.2.1.4).</summary>
internal sealed class Not(Node node) : Keyword
{
    public override IEnumerable<Node> InPlace => [node];

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation) =>
        !evaluation.Fits(node, instance, scope, null) || evaluation.Fault("not", "fits the schema of not");
}
