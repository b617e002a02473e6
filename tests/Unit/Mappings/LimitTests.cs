using System.Text.Json;
using EventMesh.Domain.Mappings;
using Xunit;

namespace EventMesh.Tests.Unit.Mappings;

/// <summary>Each limit holds, and one past it does not.</summary>
public class LimitTests
{
    [Fact]
    public void A_template_has_16_KiB() => Holds(length => $$"""{"a":"{{new string('x', length - 8)}}"}""", MappingLimits.TextBytesMax, "bytes");

    [Fact]
    public void Objects_and_lists_lie_16_deep() => Holds(depth => new string('[', depth) + new string(']', depth), MappingLimits.DepthMax, "deep");

    [Fact]
    public void A_template_has_512_values() => Holds(nodes => $"[{string.Join(',', Enumerable.Repeat("1", nodes - 1))}]", MappingLimits.NodesMax, "values");

    [Fact]
    public void A_path_has_16_steps() => Holds(steps => $"\"$.data{string.Concat(Enumerable.Repeat(".a", steps - 1))}\"", MappingLimits.PathStepsMax, "steps");

    [Fact]
    public void A_body_has_256_KiB()
    {
        Assert.Equal(MappingLimits.OutputBytesMax, Some.Of("""{"a":"$.data"}""", Text(MappingLimits.OutputBytesMax - 6)).Length);
        var failed = Assert.Throws<MappingFailed>(() => Some.Of("""{"a":"$.data"}""", Text(MappingLimits.OutputBytesMax - 5)));
        Assert.Equal("mapping makes a body of more than 262144 bytes", failed.Message);
        var inside = Assert.Throws<MappingFailed>(() => Some.Of("""{"a":{"b":["$.data"]}}""", Text(MappingLimits.OutputBytesMax)));
        Assert.Equal("mapping.a.b[0]", inside.Path);

        static JsonElement Text(int bytes) => JsonElement.Parse($$"""{"data":"{{new string('x', bytes - 2)}}"}""");
    }

    // A step for the template, one for the name of the list and 97 for the 97 KiB in which it is looked for, and one for each item and its constant.
    [Fact]
    public void Making_a_body_takes_100_000_steps()
    {
        const string Template = """{"$each":"$.data","as":0}""";
        var most = (MappingLimits.StepsMax - 2 - 97) / 2;
        Assert.Equal(2 * most + 1, Some.Of(Template, List(most)).Length);
        Assert.Equal("takes more than 100000 steps", Assert.Throws<MappingFailed>(() => Some.Of(Template, List(most + 1))).Reason);
    }

    [Fact]
    public void Lists_in_lists_do_not_explode()
    {
        var failed = Assert.Throws<MappingFailed>(() => Some.Of(
            """{"x":{"$each":"$.data","as":{"$each":"$.data","as":{"$each":"$.data","as":"$.none"}}}}""", List(10_000)));
        Assert.StartsWith("mapping.x.as", failed.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_for_a_name_among_many_counts_by_how_many_there_are()
    {
        var members = string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"m{i}\":{i}"));
        var wide = JsonElement.Parse($$$"""{"list":[{{{string.Join(',', Enumerable.Repeat("1", 100))}}}],"data":{ {{{members}}} },"wide":[{ {{{members}}} }]}""");
        Assert.Equal("79999", Some.Of("\"$.data.m79999\"", wide));
        // A path into the event is looked for once, one into an item each time.
        Assert.Equal(100, JsonElement.Parse(Some.Of("""{"$each":"$.list","as":"$.data.m0"}""", wide)).GetArrayLength());
        Assert.Contains("steps", Assert.Throws<MappingFailed>(() => Some.Of("""{"$each":"$.list","as":{"$each":"$.wide","as":"@.m0"}}""", wide)).Reason, StringComparison.Ordinal);
    }

    private static JsonElement List(int items) => JsonElement.Parse($$"""{"data":[{{string.Join(',', Enumerable.Repeat("1", items))}}]}""");

    private static void Holds(Func<int, string> template, int limit, string words)
    {
        Some.Mapping(template(limit));
        Assert.Contains(words, Assert.Throws<MappingRefused>(() => Some.Mapping(template(limit + 1))).Reason, StringComparison.Ordinal);
    }
}
