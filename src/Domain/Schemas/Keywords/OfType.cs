using EventMesh.Domain.Schemas.Evaluating;
using EventMesh.Domain.Schemas.Instances;

namespace EventMesh.Domain.Schemas.Keywords;

/// <summary><c>type</c> (JSON Schema validation §6.1.1). An integer is a number without a fraction, however it is written.</summary>
internal sealed class OfType(IReadOnlyList<string> types) : Keyword
{
    private readonly bool integer = types.Contains("integer");
    private readonly HashSet<Kind> kinds = [.. types.Where(t => t != "integer").Select(t => Enum.Parse<Kind>(t, ignoreCase: true))];
    private readonly string expected = "must be " + string.Join(" or ", types.Select(Article));

    public override bool Holds(Instance instance, Scope scope, Seen? seen, Evaluation evaluation) =>
        kinds.Contains(instance.Kind) || integer && instance is { Kind: Kind.Number, Number.IsInteger: true } || evaluation.Fault("type", expected);

    private static string Article(string type) => type switch
    {
        "null" => "null",
        "array" or "object" or "integer" => "an " + type,
        _ => "a " + type,
    };
}
