using System.Text.Json;

namespace EventMesh.Domain.Redaction;

/// <summary>How far a rule has come on its way down: the step that is looked for next.</summary>
internal readonly record struct RedactionPlace(RedactionStep[] Steps, int At)
{
    public bool IsMet => At == Steps.Length;
    public RedactionStep Step => Steps[At];
    public RedactionPlace Further => this with { At = At + 1 };
}

/// <summary>
/// Goes down a body with all rules at once. Where a body is not what a rule expects, the rule keeps more, not less: a name that meets a list is looked for in each item; a text or number
/// where the rule would go deeper is redacted itself.
/// </summary>
internal static class RedactionWalk
{
    /// <summary>Writes the value that <paramref name="rewrite"/> is on.</summary>
    public static void Value(ref JsonRewrite rewrite, List<RedactionPlace> places)
    {
        if (places.Exists(p => p.IsMet)) rewrite.Replace("[redacted]"u8);
        else if (places.Count == 0) rewrite.Copy();
        else if (rewrite.Token == JsonTokenType.StartObject) Object(ref rewrite, places);
        else if (rewrite.Token == JsonTokenType.StartArray) List(ref rewrite, places);
        else if (rewrite.Token != JsonTokenType.Null && places.Exists(p => !p.Step.Deep)) rewrite.Replace("[redacted]"u8);
        else rewrite.Copy();
    }

    private static void Object(ref JsonRewrite rewrite, List<RedactionPlace> places)
    {
        rewrite.Write("{"u8);
        for (var first = true; rewrite.Next(ref first);)
        {
            var name = rewrite.Name();
            rewrite.WriteName();
            Value(ref rewrite, Below(places, name));
        }
        rewrite.Write("}"u8);
    }

    private static void List(ref JsonRewrite rewrite, List<RedactionPlace> places)
    {
        var below = Distinct(places.Select(p => p.Step.Name is null ? p.Further : p));
        rewrite.Write("["u8);
        for (var first = true; rewrite.Next(ref first);) Value(ref rewrite, below);
        rewrite.Write("]"u8);
    }

    // A member whose name no text can hold may have any name.
    private static List<RedactionPlace> Below(List<RedactionPlace> places, string? name) => Distinct(places.SelectMany(p => (p.Step.Name is null || name is null || p.Step.Name == name, p.Step.Deep) switch
    {
        (true, true) => [p, p.Further],
        (true, false) => [p.Further],
        (false, true) => [p],
        (false, false) => (RedactionPlace[])[],
    }));

    private static List<RedactionPlace> Distinct(IEnumerable<RedactionPlace> places) => [.. places.Distinct()];
}
