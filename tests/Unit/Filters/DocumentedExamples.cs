using System.Text.Json;
using EventMesh.Domain.Filters;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class DocumentedExamples
{
    [Fact]
    public void What_the_documentation_says_of_its_examples_is_true()
    {
        var text = File.ReadAllText(Repository.Path("docs/filters.md"));
        var start = text.IndexOf("```json", text.IndexOf("## Ten examples", StringComparison.Ordinal), StringComparison.Ordinal) + "```json".Length;
        var json = JsonElement.Parse(text[start..text.IndexOf("```", start, StringComparison.Ordinal)]);
        var input = new FilterInput(
            json.GetProperty("type").GetString()!, json.GetProperty("source").GetString()!, null,
            json.GetProperty("resource").GetString(), json.GetProperty("resource_id").GetString(), json.GetProperty("time").GetString(), json.GetProperty("data"));

        var rows = text[start..].Split('\n').Where(line => line.Contains(" | yes | ", StringComparison.Ordinal) || line.Contains(" | no | ", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, rows.Count);
        Assert.All(rows, row =>
        {
            var cells = row.Split(" | ");
            Assert.Equal(cells[2] == "yes", Events.Matches(cells[1].Trim('`'), input));
        });
    }
}
