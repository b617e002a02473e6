using System.Text.RegularExpressions;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>What SECURITY.md says is shown by a test, is.</summary>
public partial class ThreatModelTests
{
    [Fact]
    public void Every_test_that_it_names_is_there()
    {
        var tests = string.Join('\n', Repository.Sources.Where(f => f.StartsWith("tests/", StringComparison.Ordinal)).Select(Repository.Read));
        var there = Declared().Matches(tests).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(Repository.Read("SECURITY.md")).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.Equal([], named.Except(there));
    }

    [Fact]
    public void Every_row_is_shown_by_a_test_or_says_what_is_not_stopped() => Assert.All(
        Repository.Read("SECURITY.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Where(line => !line.StartsWith("| ---", StringComparison.Ordinal)),
        row => Assert.True(Named().IsMatch(row) || row.Contains("*not stopped", StringComparison.Ordinal), row));

    [GeneratedRegex(@"`([A-Z][a-z]*(?:_\w+)+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(?:Task|void) ([A-Z]\w+)\(")]
    private static partial Regex Declared();
}
