using System.Text.Json;
using EventMesh.Domain.Schemas;
using Xunit;

namespace EventMesh.Tests.Unit.Schemas;

/// <summary>
/// The official test suite of draft 2020-12 (its licence lies beside it), with its remote documents at the addresses that it gives them. Of the optional
/// cases those about the assertion of formats are left out, and what <see cref="LeftOut"/> names.
/// </summary>
public class SuiteTests
{
    private const string Suite = "tests/Unit/Schemas/suite";
    private static readonly IReadOnlyDictionary<string, JsonElement> Remotes = Beside();

    // Each with the reason.
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["optional/cross-draft.json"] = "other drafts are refused",
        ["optional/dependencies-compatibility.json"] = "2020-12 has dependentRequired and dependentSchemas in the place of dependencies, which is an annotation",
        ["optional/format-assertion.json"] = "formats are annotations; a schema that demands their assertion is refused",
    };

    public static TheoryData<string, string> Groups()
    {
        var data = new TheoryData<string, string>();
        foreach (var (file, groups) in Files().Where(f => !LeftOut.ContainsKey(f.File)))
            foreach (var group in groups.EnumerateArray()) data.Add(file, group.GetProperty("description").GetString()!);
        return data;
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Every_case_of_the_official_suite_ends_as_it_says(string file, string description)
    {
        var groups = Files().Single(f => f.File == file).Groups.EnumerateArray().Where(g => g.GetProperty("description").GetString() == description);
        foreach (var group in groups)
        {
            var schema = JsonSchema.Parse(group.GetProperty("schema"), Remotes);
            foreach (var one in group.GetProperty("tests").EnumerateArray())
            {
                var faults = schema.Check(one.GetProperty("data"));
                Assert.True((faults.Count == 0) == one.GetProperty("valid").GetBoolean(), $"{one.GetProperty("description")}: {string.Join("; ", faults)}");
                Assert.DoesNotContain(faults, f => f.Keyword == "limit");
            }
        }
    }

    [Fact]
    public void The_whole_suite_is_there() => Assert.Equal(46, Files().Count(f => !f.File.Contains('/')));

    private static IEnumerable<(string File, JsonElement Groups)> Files()
    {
        var root = Architecture.Repository.Path($"{Suite}/tests/draft2020-12");
        return Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(root, path), JsonElement.Parse(File.ReadAllBytes(path))));
    }

    private static Dictionary<string, JsonElement> Beside()
    {
        var root = Architecture.Repository.Path($"{Suite}/remotes");
        return Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories)
            .ToDictionary(path => "http://localhost:1234/" + Path.GetRelativePath(root, path), path => JsonElement.Parse(File.ReadAllBytes(path)));
    }
}
