using System.Text.Json;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Mappings;

public class DocumentedExample
{
    [Fact]
    public void What_the_documentation_says_of_its_example_is_true()
    {
        var blocks = Repository.Read("docs/mapping.md").Split("```");
        var rule = JsonElement.Parse(blocks[1][blocks[1].IndexOf('{', blocks[1].IndexOf("rules", StringComparison.Ordinal))..]);
        Assert.Equal(blocks[5]["json".Length..].Trim(), Some.Of(rule.GetProperty("mapping").GetRawText(), JsonElement.Parse(blocks[3]["json".Length..])));
    }
}
