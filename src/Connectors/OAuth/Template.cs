using System.Text.RegularExpressions;

namespace EventMesh.Connectors.OAuth;

/// <summary>Texts with placeholders: <c>https://{shop}/admin/oauth/authorize</c>.</summary>
public static partial class Template
{
    /// <summary>Longer than any value that a provider's parameter can have.</summary>
    public const int ValueCharsMax = 2_048;

    // Linear in a bounded value: only a machine that stands still takes so long.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(30);

    public static IEnumerable<string> Names(string text) => Placeholder().Matches(text).Select(m => m.Groups["name"].Value);

    /// <param name="value">What stands for a name; null leaves the placeholder's place empty.</param>
    public static string Fill(string text, Func<string, string?> value) => Placeholder().Replace(text, m => value(m.Groups["name"].Value) ?? "");

    /// <summary>Whether a whole value matches, in time linear in its length.</summary>
    public static bool Matches(string pattern, string value) => value.Length <= ValueCharsMax && Regex.IsMatch(value, $"^(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);

    [GeneratedRegex("\\{(?<name>[a-z_][a-z0-9_.]*)\\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
