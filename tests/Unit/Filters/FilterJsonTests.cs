using System.Text.Json;
using EventMesh.Domain.Filters;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class FilterJsonTests
{
    private sealed record Holder(Filter Filter);

    [Fact]
    public void A_filter_is_kept_as_it_was_written_but_for_white_space() =>
        Assert.Equal("""{"type":["b","a"],"data":{"é":1.50}}""", Events.Filter("""{ "type": ["b", "a"], "data": {"é": 1.50} }""").Json);

    [Fact]
    public void It_is_JSON_inside_JSON()
    {
        var holder = new Holder(Events.Filter("""{"data":{"a":{"$gt":1e2}}}"""));
        var json = JsonSerializer.Serialize(holder);
        Assert.Equal("""{"Filter":{"data":{"a":{"$gt":1e2}}}}""", json);
        Assert.Equal(holder, JsonSerializer.Deserialize<Holder>(json));
    }

    [Fact]
    public void A_store_may_write_it_longer_than_it_was()
    {
        // As a jsonb column prints it: spaces added, and 1e300 with all its zeros.
        var numbers = Enumerable.Repeat("1" + new string('0', 300), 100);
        var stored = "{\"data\": [" + string.Join(", ", numbers) + "]}";
        Assert.Throws<FilterRefused>(() => Events.Filter(stored));
        Assert.Equal(Events.Filter("{\"data\":[" + string.Join(',', Enumerable.Repeat("1e300", 100)) + "]}"), JsonSerializer.Deserialize<Filter>(stored));
    }

    [Theory]
    [InlineData("""{"type":"a","source":"b"}""", """{ "source": "b", "type": "a" }""", true)]
    [InlineData("""{"data":{"a":1}}""", """{"data":{"a":1.0}}""", true)]
    [InlineData("""{"data":{"a":120}}""", """{"data":{"a":1.2E+2}}""", true)]
    [InlineData("""{"data":{"a":"\u0061"}}""", """{"data":{"a":"a"}}""", true)]
    [InlineData("""{"data":{"a":-0}}""", """{"data":{"a":0}}""", true)]
    [InlineData("""{"data":{"a":1}}""", """{"data":{"a":-1}}""", false)]
    [InlineData("""{"data":{"a":1}}""", """{"data":{"a":"1"}}""", false)]
    [InlineData("""{"type":["a","b"]}""", """{"type":["b","a"]}""", false)]
    [InlineData("""{"data":{"a":10}}""", """{"data":{"a":1}}""", false)]
    public void Equality_is_that_of_canonical_JSON(string left, string right, bool expected)
    {
        Assert.Equal(expected, Events.Filter(left).Equals(Events.Filter(right)));
        Assert.True(!expected || Events.Filter(left).GetHashCode() == Events.Filter(right).GetHashCode());
    }

    [Fact]
    public void Everything_is_the_empty_object()
    {
        Assert.Equal("{}", Filter.Everything.Json);
        Assert.Equal(Events.Filter("{ }"), Filter.Everything);
    }

    [Theory]
    [InlineData("{}", null, null)]
    [InlineData("""{"type":"a"}""", "a", "")]
    [InlineData("""{"type":["a","b.*","c*d"]}""", "a", "b.,c")]
    [InlineData("""{"type":["a","*.b"]}""", null, null)]
    [InlineData("""{"type":{"$startsWith":"a"}}""", "", "a")]
    [InlineData("""{"type":{"$startsWith":""}}""", null, null)]
    [InlineData("""{"type":{"$neq":"a"}}""", null, null)]
    [InlineData("""{"type":{"$in":["a","b"],"$startsWith":"a"}}""", "", "a")]
    [InlineData("""{"$or":[{"type":"a"},{"type":"b.*","data":{"x":1}}]}""", "a", "b.")]
    [InlineData("""{"$or":[{"type":"a"},{"data":{"x":1}}]}""", null, null)]
    [InlineData("""{"$not":{"type":"a"}}""", null, null)]
    [InlineData("""{"$and":[{"type":["a","b"]},{"type":"a"}],"source":"s"}""", "a", "")]
    public void A_router_learns_to_which_types_a_filter_is_confined(string filter, string? exact, string? prefixes)
    {
        var scope = Events.Filter(filter).Types;
        Assert.Equal(exact, scope is null ? null : string.Join(',', scope.Exact));
        Assert.Equal(prefixes, scope is null ? null : string.Join(',', scope.Prefixes));
    }
}
