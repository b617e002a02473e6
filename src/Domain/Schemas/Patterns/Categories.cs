using System.Collections.Frozen;

namespace EventMesh.Domain.Schemas.Patterns;

/// <summary>Unicode's general categories by the names that ECMA-262 gives them (table 70), of which .NET knows the short ones.</summary>
internal static class Categories
{
    private static readonly FrozenDictionary<string, string> ByName = """
        L Letter; Lu Uppercase_Letter; Ll Lowercase_Letter; Lt Titlecase_Letter; Lm Modifier_Letter; Lo Other_Letter;
        M Mark Combining_Mark; Mn Nonspacing_Mark; Mc Spacing_Mark; Me Enclosing_Mark;
        N Number; Nd Decimal_Number digit; Nl Letter_Number; No Other_Number;
        P Punctuation punct; Pc Connector_Punctuation; Pd Dash_Punctuation; Ps Open_Punctuation; Pe Close_Punctuation;
        Pi Initial_Punctuation; Pf Final_Punctuation; Po Other_Punctuation;
        S Symbol; Sm Math_Symbol; Sc Currency_Symbol; Sk Modifier_Symbol; So Other_Symbol;
        Z Separator; Zs Space_Separator; Zl Line_Separator; Zp Paragraph_Separator;
        C Other; Cc Control cntrl; Cf Format; Co Private_Use; Cn Unassigned
        """.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .SelectMany(line => line.Split(' ').Select(name => (Name: name, Short: line.Split(' ')[0]))).ToFrozenDictionary(c => c.Name, c => c.Short, StringComparer.Ordinal);

    /// <returns>The short name; null when it is no category.</returns>
    public static string? Of(string name)
    {
        foreach (var prefix in new[] { "General_Category=", "gc=" })
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return ByName.GetValueOrDefault(name[prefix.Length..]);
        return ByName.GetValueOrDefault(name);
    }
}
