using System.Text.Json;
using EventMesh.Domain.Filters.Matching;

namespace EventMesh.Domain.Filters.Reading;

/// <summary>
/// Refuses an object whose conditions no value satisfies, as far as that is plain: it tries the values the object itself names, rather than reasoning about operators.
/// </summary>
internal static class Contradictions
{
    public static void Check(Parts parts, Place place)
    {
        if (parts.MustBeMissing && parts.All.Any(condition => !condition.Holds(Value.Missing)))
            throw place.Refuse("{\"$exist\":false} stands beside a condition that needs a value: nothing would match.");

        CheckKinds(parts, place);
        CheckBounds(parts, place);
        foreach (var (name, values) in parts.Choices)
        {
            if (values.All(value => IsImpossible(parts, value)))
                throw place.Refuse($"{name} and the conditions beside it exclude each other: nothing would match.");
        }
    }

    /// <summary>One value is not a number and text at once, nor either of them with fields.</summary>
    private static void CheckKinds(Parts parts, Place place)
    {
        if (!parts.Target.IsData)
            return;

        var kinds = parts.Bounds.Select(bound => (bound.Operator, Kind: bound.Json.ValueKind)).ToList();
        if (parts.AffixOperator is { } affix)
            kinds.Add((affix, JsonValueKind.String));
        if (kinds.Count == 0)
            return;

        foreach (var (name, kind) in kinds)
        {
            if (kind != kinds[0].Kind)
                throw place.Refuse($"{kinds[0].Operator} asks for {NameOf(kinds[0].Kind)}, {name} for {NameOf(kind)}: nothing is both.");
        }

        if (parts.Fields.Any(field => !field.Holds(Value.Missing)))
            throw place.Refuse($"{kinds[0].Operator} asks for {NameOf(kinds[0].Kind)}, which has no fields: nothing would match.");
    }

    private static void CheckBounds(Parts parts, Place place)
    {
        foreach (var low in parts.Bounds.Where(bound => bound.Ordering is Ordering.Above or Ordering.AtLeast))
        {
            foreach (var high in parts.Bounds.Where(bound => bound.Ordering is Ordering.Below or Ordering.AtMost))
            {
                var touching = low.Ordering == Ordering.AtLeast && high.Ordering == Ordering.AtMost;
                if (parts.Target.Sample(low.Json) is { } lowest && high.Operand.TryOrder(lowest, out var sign) && (sign > 0 || (sign == 0 && !touching)))
                    throw place.Refuse($"Nothing lies between {low.Operator} {low.Json.GetRawText()} and {high.Operator} {high.Json.GetRawText()}.");
            }
        }
    }

    private static bool IsImpossible(Parts parts, JsonElement value)
    {
        if (parts.Target.Sample(value) is not { } sample)
            return false;

        return parts.Together.Any(condition => !condition.Holds(sample)) || parts.Exclusions.Any(condition => condition.Holds(sample));
    }

    private static string NameOf(JsonValueKind kind) => kind == JsonValueKind.Number ? "a number" : "text";
}
