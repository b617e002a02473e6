using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c> (JSON Schema core §10.3.1.3, validation §6.4.4, §6.4.5).</summary>
/// <param name="min">1 unless the schema says otherwise.</param>
internal sealed class Contains(Node node, long min, long? max) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Array) return true;
        evaluation.Spend(instance.Items.Length);
        var count = 0;
        for (var i = 0; i < instance.Items.Length; i++)
        {
            if (!evaluation.Fits(node, instance.Items[i], scope, null)) continue;
            count++;
            seen?.Add(i);
        }
        if (!Counts.Keep("minContains", count, min))
            return evaluation.Fault(min == 1 ? "contains" : "minContains", Counts.Asked("minContains", min, "item") + " that the schema of contains fits");
        return max is not { } most || Counts.Keep("maxContains", count, most)
            || evaluation.Fault("maxContains", Counts.Asked("maxContains", most, "item") + " that the schema of contains fits");
    }
}
