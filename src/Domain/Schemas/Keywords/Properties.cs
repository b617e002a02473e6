using System.Collections.Frozen;
using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;
using EventMesh.Domain.Schemas.Patterns;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, which is for what the two others left over (JSON Schema core §10.3.2).</summary>
internal sealed class Properties(FrozenDictionary<string, Node> byName, IReadOnlyList<(Pattern Pattern, Node Node)> byPattern, Node? additional) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation)
    {
        if (instance.Kind != Kind.Object) return true;
        evaluation.Spend(instance.Members.Length);
        var holds = true;
        for (var i = 0; i < instance.Members.Length && (holds || evaluation.Lists); i++)
        {
            var known = false;
            if (byName.TryGetValue(instance.Members[i].Name, out var named))
            {
                known = true;
                holds &= evaluation.Member(named, instance, i, scope, "properties");
            }
            foreach (var (pattern, node) in byPattern)
            {
                evaluation.Spend(pattern.StepsFor(instance.Members[i].Name));
                if (!pattern.IsIn(instance.Members[i].Name)) continue;
                known = true;
                holds &= evaluation.Member(node, instance, i, scope, "patternProperties");
            }
            if (!known && additional is not null)
            {
                known = true;
                holds &= evaluation.Member(additional, instance, i, scope, "additionalProperties");
            }
            if (known) seen?.Add(i);
        }
        return holds;
    }
}
