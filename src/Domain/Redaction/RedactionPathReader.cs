using System.Text;

namespace EventMesh.Domain.Redaction;

internal static class RedactionPathReader
{
    /// <returns>Null with a reason.</returns>
    public static RedactionStep[]? Read(string text, out string reason)
    {
        reason = "";
        if (text.Length is 0 or > RedactionLimits.PathCharsMax) return Refuse($"has 1 to {RedactionLimits.PathCharsMax} characters", out reason);
        if (text[0] != '$' || text.Length == 1) return Refuse("begins with $ and names at least one member, as in $.data.customer.email", out reason);
        var (steps, at, wildcards) = (new List<RedactionStep>(), 1, 0);
        while (at < text.Length)
        {
            var deep = text.AsSpan(at).StartsWith("..");
            if (deep) at++;
            if (Step(text, ref at, deep, out reason) is not { } step) return null;
            if (deep && step.Name is null) return Refuse("has a name after .., as in $..email", out reason);
            if (deep || step.Name is null) wildcards++;
            steps.Add(step);
        }
        if (steps.Count > RedactionLimits.StepsMax) return Refuse($"has at most {RedactionLimits.StepsMax} steps", out reason);
        return wildcards > RedactionLimits.WildcardsMax ? Refuse($"has at most {RedactionLimits.WildcardsMax} wildcards ([*], .* and ..)", out reason) : [.. steps];
    }

    private static RedactionStep? Step(string text, ref int at, bool deep, out string reason)
    {
        reason = "";
        var rest = text.AsSpan(at);
        if (rest.StartsWith("[*]") || rest.StartsWith(".*"))
        {
            at += rest[0] == '[' ? 3 : 2;
            return new(null, deep);
        }
        // After .. a name in brackets follows at once: $..['odd name'].
        if (deep && rest.StartsWith(".[")) rest = text.AsSpan(++at);
        if (rest[0] == '[') return Quoted(text, ref at, deep, out reason);
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAny('.', '[');
            var name = (end < 0 ? rest[1..] : rest.Slice(1, end)).ToString();
            if (name.Length > 0 && !name.AsSpan().ContainsAny("*'\"]?@() \t") && IsPaired(name))
            {
                at += 1 + name.Length;
                return new(name, deep);
            }
        }
        reason = $"goes on with .name, ['name'], [*] or .* at character {at + 1}";
        return null;
    }

    // A quote inside is written twice.
    private static RedactionStep? Quoted(string text, ref int at, bool deep, out string reason)
    {
        reason = $"has in brackets * or a quoted name, as in [*] and ['odd name'], at character {at + 1}; a place in a list cannot be named, for lists change";
        if (at + 1 >= text.Length || text[at + 1] is not ('\'' or '"')) return null;
        var (quote, name) = (text[at + 1], new StringBuilder());
        for (var i = at + 2; i < text.Length; i++)
        {
            if (text[i] != quote) name.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == quote) name.Append(text[i++]);
            else if (i + 1 < text.Length && text[i + 1] == ']' && IsPaired(name.ToString()))
            {
                at = i + 2;
                reason = "";
                return new(name.ToString(), deep);
            }
            else return null;
        }
        return null;
    }

    // It is stored in an event, and PostgreSQL holds no half of a surrogate pair and no NUL.
    private static bool IsPaired(string name)
    {
        foreach (var rune in name.EnumerateRunes())
            if (rune == Rune.ReplacementChar || rune.Value == 0) return false;
        return true;
    }

    private static RedactionStep[]? Refuse(string why, out string reason)
    {
        reason = why;
        return null;
    }
}
