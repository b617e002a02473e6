using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary>The schema <c>false</c>, which nothing fits.</summary>
internal sealed class Never : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation) => evaluation.Fault("false", "is not allowed here");
}
