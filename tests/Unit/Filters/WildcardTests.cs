using System.Diagnostics;
using Xunit;

namespace EventMesh.Tests.Unit.Filters;

public class WildcardTests
{
    [Theory]
    [InlineData("order.*", "order.created", true)]
    [InlineData("order.*", "order.item.added", true)]
    [InlineData("order.*", "order.", true)]
    [InlineData("order.*", "order", false)]
    [InlineData("order.*", "orders.created", false)]
    [InlineData("order.*", "preorder.created", false)]
    [InlineData("*.created", "order.created", true)]
    [InlineData("*.created", "order.created.v2", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("a*b*c", "axxbxxc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("a**c", "abc", true)]
    [InlineData("*ab*ab*", "aab", false)]
    [InlineData("*ab*ab*", "xabyabz", true)]
    [InlineData("order.?", "order.x", false)]
    [InlineData("order", "ORDER", false)]
    public void A_star_in_type_stands_for_any_run_of_characters(string pattern, string type, bool expected)
    {
        Assert.Equal(expected, Events.MatchesType($$"""{"type":"{{pattern}}"}""", type));
        Assert.Equal(expected, Events.MatchesType($$$"""{"type":{"$eq":"{{{pattern}}}"}}""", type));
        Assert.Equal(expected, Events.MatchesType($$"""{"type":["x","{{pattern}}"]}""", type));
        Assert.Equal(expected, Events.MatchesType($$$"""{"type":{"$in":["x","{{{pattern}}}"]}}""", type));
        Assert.Equal(!expected, Events.MatchesType($$$"""{"type":{"$neq":"{{{pattern}}}"}}""", type));
        Assert.Equal(!expected, Events.MatchesType($$$"""{"type":{"$nin":["x","{{{pattern}}}"]}}""", type));
    }

    [Fact]
    public void The_worst_pattern_and_the_worst_type_are_matched_at_once()
    {
        var filter = Events.Filter($$"""{"type":"{{string.Concat(Enumerable.Repeat("*" + new string('a', 40) + "b", 16))}}"}""");
        var input = Events.Order with { Type = new string('a', 100_000) };

        var watch = Stopwatch.StartNew();
        Assert.False(filter.Matches(input));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }
}
