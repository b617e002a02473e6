using System.Text.RegularExpressions;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>C# read with no more than regular expressions: good enough to find what a rule is about, in code formatted as ours is.</summary>
internal static partial class Code
{
    /// <summary>The code with comments and the insides of strings blanked, so that no rule is broken by a word in prose. Lines stay where they are.</summary>
    public static string WithoutProse(string code) =>
        Prose().Replace(code, match => match.Value[0] == '/' ? Blank(match.Value) : "\"" + Blank(match.Value) + "\"");

    /// <summary>Each declared type: what it is called and what follows the colon.</summary>
    public static IEnumerable<(string Kind, string Name, string Bases)> Types(string code) =>
        Declaration().Matches(WithoutProse(code)).Select(m => (m.Groups["kind"].Value, m.Groups["name"].Value, m.Groups["bases"].Value));

    /// <summary>Each catch: what is caught, whether it has a filter, and its block, with and without comments.</summary>
    public static IEnumerable<Catch> Catches(string code)
    {
        foreach (Match match in CatchClause().Matches(code))
        {
            int depth = 0, end = match.Index + match.Length - 1;
            do
            {
                depth += code[end] switch { '{' => 1, '}' => -1, _ => 0 };
                end++;
            }
            while (depth > 0);

            var block = code[(match.Index + match.Length)..(end - 1)];
            yield return new Catch(
                match.Groups["type"].Value, match.Groups["variable"].Value, match.Groups["when"].Success, block, WithoutProse(block).Trim());
        }
    }

    public sealed record Catch(string Type, string Variable, bool HasFilter, string Block, string Statements);

    private static string Blank(string text) => new([.. text.Select(c => c == '\n' ? c : ' ')]);

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*(\"{3,}).*?\1|[$@]*"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""", RegexOptions.Singleline)]
    private static partial Regex Prose();

    [GeneratedRegex("""\b(?<kind>class|interface|enum|struct|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Z]\w*)(?<bases>[^{;]*)""")]
    private static partial Regex Declaration();

    [GeneratedRegex("""\bcatch\b\s*(?:\(\s*(?<type>[\w.]+)\s*(?<variable>\w+)?\s*\))?\s*(?<when>when\s*\(.*?\)\s*)?\{""", RegexOptions.Singleline)]
    private static partial Regex CatchClause();
}
