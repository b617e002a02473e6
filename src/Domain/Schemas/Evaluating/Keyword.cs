using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Evaluating;

/// <summary>What one keyword, or a few that belong together, ask of an instance.</summary>
internal abstract class Keyword
{
    /// <param name="seen">Which members or items were looked at, to be added to; null when nobody will ask.</param>
    /// <returns>Whether the instance fits; if not, <paramref name="evaluation"/> has been told where and why.</returns>
    public abstract bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation);

    /// <summary>Schemas that are applied to the same instance, not to a part of it.</summary>
    public virtual IEnumerable<Node> InPlace => [];
}
