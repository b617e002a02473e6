using System.Text.Json;
using EventMesh.Domain;
using EventMesh.Domain.Filters;
using EventMesh.Domain.Rules;
using Xunit;

namespace EventMesh.Tests.Unit.Rules;

public class RuleOrderingTests
{
    [Theory]
    [InlineData("subject")]
    [InlineData("resource")]
    [InlineData("resourceid")]
    [InlineData("type")]
    [InlineData("source")]
    [InlineData("data.orderId")]
    [InlineData("data.order.id")]
    [InlineData("data.a b.ü")]
    public void A_path_leads_to_an_attribute_or_into_the_data(string path) => Assert.Null(RuleOrdering.Fault(path));

    [Theory]
    [InlineData(null, "is required")]
    [InlineData("", "is required")]
    [InlineData("data", "is subject, resource, resourceid, type or source, or a field of the data")]
    [InlineData("orderId", "is subject")]
    [InlineData("$.data.orderId", "is subject")]
    [InlineData("time", "is subject")]
    [InlineData("data.", "lacks a name beside a dot")]
    [InlineData("data..a", "lacks a name beside a dot")]
    [InlineData("data.a.", "lacks a name beside a dot")]
    [InlineData("data.$eq", "begins with $")]
    [InlineData("data.a\0b", "control character")]
    [InlineData("data.items[0].id", "names a place in a list")]
    [InlineData("data.a['order id']", "names a place in a list")]
    public void Any_other_path_is_refused_with_a_reason(string? path, string reason) => Assert.Contains(reason, RuleOrdering.Fault(path), StringComparison.Ordinal);

    [Fact]
    public void A_path_has_at_most_256_characters_and_15_names()
    {
        Assert.Null(RuleOrdering.Fault("data." + new string('a', 251)));
        Assert.Contains("256", RuleOrdering.Fault("data." + new string('a', 252)), StringComparison.Ordinal);
        Assert.Null(RuleOrdering.Fault("data" + string.Concat(Enumerable.Repeat(".a", 15))));
        Assert.Contains("15", RuleOrdering.Fault("data" + string.Concat(Enumerable.Repeat(".a", 16))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject", "s")]
    [InlineData("resource", "orders")]
    [InlineData("resourceid", "7")]
    [InlineData("type", "order.created")]
    [InlineData("source", "/shop")]
    public void An_attribute_is_a_key(string path, string key) => Assert.Equal(key, Key(path, "{}"));

    [Theory]
    [InlineData("""{"k":"a"}""", "a")]
    [InlineData("""{"k":"\u0061"}""", "a")]
    [InlineData("""{"k":""}""", "")]
    [InlineData("""{"k":42}""", "42")]
    [InlineData("""{"k":42.0}""", "42")]
    [InlineData("""{"k":4.2e1}""", "42")]
    [InlineData("""{"k":4200e-2}""", "42")]
    [InlineData("""{"k":-1.50}""", "-1.5")]
    [InlineData("""{"k":0.001}""", "0.001")]
    [InlineData("""{"k":1e3}""", "1000")]
    [InlineData("""{"k":-0}""", "0")]
    [InlineData("""{"k":9007199254740993}""", "9007199254740993")]
    [InlineData("""{"k":1e400}""", "0.1e401")]
    [InlineData("""{"k":true}""", "true")]
    [InlineData("""{"k":false}""", "false")]
    [InlineData("""{"k":"first","k":"last"}""", "last")]
    public void A_string_a_number_and_a_boolean_are_keys_however_they_are_written(string data, string key) => Assert.Equal(key, Key("data.k", data));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"k\"")]
    [InlineData("""{"k":null}""")]
    [InlineData("""{"k":{"a":1}}""")]
    [InlineData("""{"k":["a"]}""")]
    [InlineData("""{"K":"a"}""")]
    [InlineData("""{"k":"a\u0000b"}""")]
    [InlineData("""{"k":"\ud800"}""")]
    public void What_is_none_of_these_stands_in_no_line(string data) => Assert.Null(Key("data.k", data));

    [Fact]
    public void A_key_lies_as_deep_as_its_path_says_and_not_in_lists()
    {
        Assert.Equal("1", Key("data.a.b", """{"a":{"b":"1"}}"""));
        Assert.Null(Key("data.a.b", """{"a":[{"b":"1"}]}"""));
        Assert.Null(Key("data.a.b", """{"a.b":"1"}"""));
    }

    [Fact]
    public void A_key_has_at_most_200_characters()
    {
        Assert.Equal(200, Key("data.k", $$"""{"k":"{{new string('x', 200)}}"}""")!.Length);
        Assert.Null(Key("data.k", $$"""{"k":"{{new string('x', 201)}}"}"""));
        Assert.Equal(200, Key("data.k", $$"""{"k":{{new string('1', 200)}}}""")!.Length);
        Assert.Null(Key("data.k", $$"""{"k":{{new string('1', 201)}}}"""));
    }

    [Fact]
    public void An_event_that_lacks_an_attribute_stands_in_no_line() =>
        Assert.Null(new RuleOrdering("subject").KeyOf(new FilterInput("t", "/s", null, null, null, null, default)));

    [Fact]
    public void A_line_belongs_to_one_rule_one_connection_and_one_key()
    {
        string[] lines = [Ids.OfLine("rul_1", "con_1", "k"), Ids.OfLine("rul_2", "con_1", "k"), Ids.OfLine("rul_1", "con_2", "k"), Ids.OfLine("rul_1", "con_1", "l")];
        Assert.Equal(4, lines.Distinct().Count());
        Assert.All(lines, line => Assert.Matches("^lin_[0-9a-z]{26}$", line));
    }

    private static string? Key(string path, string data) =>
        new RuleOrdering(path).KeyOf(new FilterInput("order.created", "/shop", "s", "orders", "7", null, JsonElement.Parse(data)));
}
