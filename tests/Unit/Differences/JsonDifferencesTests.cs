using System.Text.Json;
using System.Text.Json.Nodes;
using EventMesh.Domain.Differences;
using EventMesh.Tests.Unit.Filters;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Differences;

public sealed class JsonDifferencesTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":3}""", "b: 2 → 3")]
    [InlineData("""{"a":{"b":{"c":"x"}}}""", """{"a":{"b":{"c":"y"}}}""", """a.b.c: "x" → "y" """)]
    [InlineData("""{"a":1}""", """{}""", "a: 1 → nothing")]
    [InlineData("""{}""", """{"a":null}""", "a: nothing → null")]
    [InlineData("""{"a":null}""", """{"a":0}""", "a: null → 0")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", "a: [1,2] → [2,1]")]
    [InlineData("""{"a":{"b":1}}""", """{"a":2}""", """a: {"b":1} → 2""")]
    [InlineData("""{"a":{}}""", """{}""", "a: {} → nothing")]
    [InlineData("""{"X-A":1,"x.y":1,"":1,"z\"":1}""", """{}""", """[""]: 1 → nothing; X-A: 1 → nothing; ["x.y"]: 1 → nothing; ["z\""]: 1 → nothing""")]
    [InlineData("""{"a":1.0,"b":"é"}""", """{"b":"\u00e9","a":10e-1}""", "")]
    [InlineData("1", "2", ": 1 → 2")]
    public void Each_place_that_differs_is_named_with_what_it_was_and_is(string before, string after, string expected) =>
        Assert.Equal(expected.Trim(), Text(JsonDifferences.Between(JsonElement.Parse(before), JsonElement.Parse(after))));

    [Fact]
    public void Of_what_is_new_or_gone_each_member_is_named()
    {
        var one = JsonElement.Parse("""{"a":1,"b":{"c":2}}""");
        Assert.Equal("""a: nothing → 1; b: nothing → {"c":2}""", Text(JsonDifferences.Between(null, one)));
        Assert.Equal("""a: 1 → nothing; b: {"c":2} → nothing""", Text(JsonDifferences.Between(one, null)));
        Assert.Empty(JsonDifferences.Between(null, null));
        Assert.Equal(": nothing → 7", Text(JsonDifferences.Between(null, JsonElement.Parse("7"))));
    }

    [Fact]
    public void What_was_with_the_differences_put_into_it_is_what_is() => Check((before, after, found) =>
    {
        var patched = JsonNode.Parse(before.GetRawText());
        foreach (var difference in found) patched = Put(patched, difference);
        return JsonElement.DeepEquals(JsonElement.Parse(patched?.ToJsonString() ?? "null"), after);
    });

    [Fact]
    public void There_are_none_exactly_when_both_are_the_same() => Check((before, after, found) => found.Count == 0 == JsonElement.DeepEquals(before, after));

    [Fact]
    public void Backwards_they_are_the_same_places_the_other_way_round() => Check((before, after, found) =>
        Text(JsonDifferences.Between(after, before)) == Text([.. found.Select(d => new Difference(d.Path, d.After, d.Before))]));

    private static void Check(Func<JsonElement, JsonElement, IReadOnlyList<Difference>, bool> holds) =>
        Prop.ForAll(Generated.Json(3).Two().ToArbitrary(), pair =>
        {
            var (before, after) = (JsonElement.Parse(pair.Item1), JsonElement.Parse(pair.Item2));
            return holds(before, after, JsonDifferences.Between(before, after));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    /// <summary>Names of what is generated have no dots and no brackets in them.</summary>
    private static JsonNode? Put(JsonNode? into, Difference difference)
    {
        var value = difference.After is { } after ? JsonNode.Parse(after.GetRawText()) : null;
        if (difference.Path.Length == 0) return value;
        var names = difference.Path.Split('.');
        var place = names[..^1].Aggregate(into, (node, name) => node![name])!.AsObject();
        if (difference.After is null) place.Remove(names[^1]);
        else place[names[^1]] = value;
        return into;
    }

    private static string Text(IReadOnlyList<Difference> found) => string.Join("; ", found.Select(d => $"{d.Path}: {d.Before?.GetRawText() ?? "nothing"} → {d.After?.GetRawText() ?? "nothing"}"));
}
