using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>enum</c> and <c>const</c> (JSON Schema validation §6.1.2, §6.1.3).</summary>
/// <param name="shown">The values as they are written, shortened.</param>
internal sealed class OneOfValues(string keyword, IReadOnlyList<Instance> values, string shown) : Keyword
{
    private readonly ILookup<int, Instance> byHash = values.ToLookup(v => v.Hash);

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        foreach (var value in byHash[instance.Hash])
            if (evaluation.IsSame(value, instance)) return true;
        return evaluation.Fault(keyword, (values.Count == 1 ? "must be " : "must be one of ") + shown);
    }
}
