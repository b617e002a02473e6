using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary>The limits on how many there are: of characters, items, members.</summary>
internal static class Counts
{
    public static bool Keep(string keyword, int count, long limit) => keyword.StartsWith("min", StringComparison.Ordinal) ? count >= limit : count <= limit;

    public static string Asked(string keyword, long limit, string unit) =>
        $"must have at {(keyword.StartsWith("min", StringComparison.Ordinal) ? "least" : "most")} {limit} {unit}{(limit == 1 ? "" : "s")}";
}

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c>, <c>maxProperties</c> (JSON Schema validation §6.4, §6.5).</summary>
internal sealed class CountRange(string keyword, Kind kind, long limit) : Keyword
{
    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation) =>
        instance.Kind != kind || Counts.Keep(keyword, instance.Count, limit)
        || evaluation.Fault(keyword, Counts.Asked(keyword, limit, kind == Kind.Array ? "item" : "member"));
}
