using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>uniqueItems</c> (JSON Schema validation §6.4.3).</summary>
internal sealed class UniqueItems : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Array) return true;
        evaluation.Spend(instance.Count);
        var known = new HashSet<Instance>(new Same(evaluation));
        for (var i = 0; i < instance.Items.Length; i++)
            if (!known.Add(instance.Items[i])) return evaluation.Fault("uniqueItems", $"must have items that differ; item {i} was there before");
        return true;
    }

    private sealed class Same(Evaluation evaluation) : IEqualityComparer<Instance>
    {
        public bool Equals(Instance? left, Instance? right) => evaluation.IsSame(left!, right!);

        public int GetHashCode(Instance instance) => instance.Hash;
    }
}
