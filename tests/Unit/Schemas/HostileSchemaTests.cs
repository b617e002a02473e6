using System.Text;
using System.Text.Json;
using EventMesh.Domain.Schemas;
using Xunit;

namespace EventMesh.Tests.Unit.Schemas;

/// <summary>Schemas and data that were made to cost much: each limit at its edge and one past it.</summary>
public class HostileSchemaTests
{
    [Fact]
    public void A_schema_has_a_bounded_size()
    {
        string Sized(int bytes) => "{\"description\":\"" + new string('x', bytes - 18) + "\"}";
        Accepted(Sized(SchemaLimits.TextBytesMax));
        Refused(Sized(SchemaLimits.TextBytesMax + 1), "", "has at most 65536 bytes");
    }

    [Fact]
    public void White_space_does_not_count() => Accepted("{\"description\":" + new string(' ', SchemaLimits.TextBytesMax) + "\"x\"}");

    [Fact]
    public void A_schema_has_a_bounded_depth()
    {
        string Deep(int levels) => string.Concat(Enumerable.Repeat("{\"not\":", levels - 1)) + "{}" + new string('}', levels - 1);
        Accepted(Deep(SchemaLimits.DepthMax));
        Refused(Deep(SchemaLimits.DepthMax + 1), "", "more than 64 objects and lists");
    }

    [Fact]
    public void A_schema_has_a_bounded_number_of_schemas_in_it()
    {
        string Many(int schemas) => "{\"anyOf\":[" + string.Join(',', Enumerable.Repeat("{}", schemas - 1)) + "]}";
        Accepted(Many(SchemaLimits.SubschemasMax));
        Refused(Many(SchemaLimits.SubschemasMax + 1), "/anyOf/1999", "one schema more than the 2000");
    }

    [Fact]
    public void A_schema_has_a_bounded_number_of_regular_expressions()
    {
        string Many(int patterns) => "{\"patternProperties\":{" + string.Join(',', Enumerable.Range(0, patterns).Select(n => $"\"^a{n}\":true")) + "}}";
        Accepted(Many(SchemaLimits.PatternsMax));
        Refused(Many(SchemaLimits.PatternsMax + 1), "/patternProperties/^a100", "one regular expression more than the 100");
    }

    [Fact]
    public void A_regular_expression_has_a_bounded_length()
    {
        Accepted(Pattern(new string('a', SchemaLimits.PatternCharsMax)));
        Refused(Pattern(new string('a', SchemaLimits.PatternCharsMax + 1)), "/pattern", "more than 512 characters");
    }

    [Fact]
    public void A_regular_expression_has_a_bounded_number_of_places()
    {
        Accepted(Pattern($"a{{{SchemaLimits.PatternPlacesMax}}}"));
        Refused(Pattern($"a{{{SchemaLimits.PatternPlacesMax + 1}}}"), "/pattern", "more than 1000 places");
        Refused(Pattern("((a{100}){100}){100}"), "/pattern", "more than 1000 places");
        Refused(Pattern("(?:){1000000}"), "/pattern", "more than 1000 places");
    }

    [Theory]
    [InlineData("(?=a)b", "looking ahead or behind")]
    [InlineData("(?<!a)b", "looking ahead or behind")]
    [InlineData(@"(a)\1", "referring to what a group matched")]
    [InlineData(@"(?<n>a)\k<n>", "referring to what a group matched")]
    [InlineData("(a", "a group that does not end")]
    [InlineData("a)", "a ) that closes nothing")]
    [InlineData("[a", "a class that does not end")]
    [InlineData("*a", "a quantifier that follows nothing")]
    [InlineData("a**", "a quantifier that follows another")]
    [InlineData("[z-a]", "a range that is out of order")]
    [InlineData(@"\y", "which is no escape")]
    [InlineData(@"a\", "a backslash at the end")]
    [InlineData(@"\p{Script=Greek}", "not a general category")]
    [InlineData("[^🐲]", "leaves out characters beyond")]
    public void A_regular_expression_that_needs_backtracking_or_is_none_is_refused_with_the_reason(string pattern, string reason) => Refused(Pattern(pattern), "/pattern", reason);

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(.*a){20}$")]
    [InlineData("(x+x+)+y")]
    public void A_regular_expression_that_would_explode_is_matched_in_time_that_grows_with_the_text(string pattern)
    {
        var faults = JsonSchema.Parse(Pattern(pattern)).Check(JsonElement.Parse("\"" + new string('a', 10_000) + "!\""));
        Assert.Contains(Assert.Single(faults).Keyword, new[] { "pattern", "limit" });
    }

    [Theory]
    [InlineData(400, "pattern")]
    [InlineData(4_000, "limit")]
    public void A_regular_expression_that_may_be_in_all_its_places_at_once_is_dear(int characters, string keyword)
    {
        var text = string.Concat(Enumerable.Range(0, characters).Select(n => n * n % 7 < 3 ? 'a' : 'b'));
        Assert.Equal(keyword, Assert.Single(JsonSchema.Parse(Pattern("^.*a.{300}c$")).Check(JsonElement.Parse($"\"{text}\""))).Keyword);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""", "")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}""", "/$defs/a")]
    [InlineData("""{"if":{"$ref":"#"}}""", "")]
    [InlineData("""{"dependentSchemas":{"a":{"$ref":"#"}}}""", "")]
    public void Schemas_that_refer_to_themselves_without_going_into_the_data_are_refused(string schema, string path) => Refused(schema, path, "checking would never end");

    [Fact]
    public void A_loop_that_only_dynamic_references_make_is_given_up()
    {
        var schema = JsonSchema.Parse("""{"$dynamicAnchor":"a","$dynamicRef":"#a"}""");
        Assert.Equal(new SchemaFault("", "needs more than 512 schemas applied inside one another", "limit"), Assert.Single(schema.Check(JsonElement.Parse("1"))));
    }

    [Fact]
    public void A_schema_may_refer_to_itself_deeper_in_the_data()
    {
        var tree = JsonSchema.Parse("""{"type":"object","properties":{"child":{"$ref":"#"}},"additionalProperties":false}""");
        string Deep(int levels) => string.Concat(Enumerable.Repeat("{\"child\":", levels - 1)) + "{}" + new string('}', levels - 1);
        Assert.Empty(tree.Check(JsonElement.Parse(Deep(63))));
        Assert.Equal("/child/child/x", Assert.Single(tree.Check(JsonElement.Parse("""{"child":{"child":{"x":1}}}"""))).Path);
    }

    [Theory]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "/$ref", "nothing is fetched")]
    [InlineData("""{"$ref":"other.json"}""", "/$ref", "nothing is fetched")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""", "/$ref", "nothing is fetched")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/b"}}}""", "/properties/a/$ref", "which is not there")]
    [InlineData("""{"$ref":"#b"}""", "/$ref", "the anchor 'b'")]
    [InlineData("""{"$ref":"#/x","x":{"type":"strin"}}""", "/x/type", "metaschema")]
    [InlineData("""{"$ref":"#/x","x":7}""", "/x", "metaschema")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "/$schema", "no other draft")]
    [InlineData("""{"type":"strin"}""", "/type", "metaschema")]
    [InlineData("""{"minLength":-1}""", "/minLength", "must be at least 0")]
    [InlineData("""{"properties":{"a":7}}""", "/properties/a", "metaschema")]
    [InlineData("""{"$defs":{"a":{"$id":"b"},"c":{"$id":"b"}}}""", "/$defs/c/$id", "is there twice")]
    [InlineData("""{"$defs":{"a":{"$anchor":"b"},"c":{"$anchor":"b"}}}""", "/$defs/c", "which is there twice")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "must be more than 0")]
    [InlineData("[]", "", "must be an object or a boolean")]
    [InlineData("""{"title":"\ud800"}""", "/title", "unpaired surrogate")]
    public void A_schema_that_is_none_is_refused_by_path_and_reason(string schema, string path, string reason) => Refused(schema, path, reason);

    [Fact]
    public void The_metaschema_may_be_referred_to()
    {
        var schema = JsonSchema.Parse("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""");
        Assert.Empty(schema.Check(JsonElement.Parse("""{"type":"object"}""")));
        Assert.NotEmpty(schema.Check(JsonElement.Parse("""{"type":7}""")));
    }

    [Fact]
    public void A_schema_that_doubles_its_work_at_each_step_is_given_up()
    {
        var schema = new StringBuilder("{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
        for (var i = 0; i < 40; i++) schema.Append($"\"a{i}\":{{\"allOf\":[{{\"$ref\":\"#/$defs/a{i + 1}\"}},{{\"$ref\":\"#/$defs/a{i + 1}\"}}]}},");
        GivenUp(schema.Append("\"a40\":true}}").ToString(), "1");
    }

    [Fact]
    public void Data_that_meets_many_expressions_is_given_up()
    {
        var schema = "{\"patternProperties\":{" + string.Join(',', Enumerable.Range(0, 100).Select(n => $"\"(a|b|c|{n})*x\":true")) + "}}";
        GivenUp(schema, "{" + string.Join(',', Enumerable.Range(0, 15_000).Select(n => $"\"abcabc{n}\":1")) + "}");
    }

    [Fact]
    public void Equal_data_that_is_compared_again_and_again_is_given_up()
    {
        var constant = "[" + string.Join(',', Enumerable.Repeat("0", 10_000)) + "]";
        var schema = $"{{\"$defs\":{{\"a\":{{\"const\":{constant}}}}},\"allOf\":[{string.Join(',', Enumerable.Repeat("{\"$ref\":\"#/$defs/a\"}", 1_000))}]}}";
        GivenUp(schema, constant);
    }

    [Fact]
    public void Ordinary_data_of_full_size_is_checked()
    {
        var schema = JsonSchema.Parse("""
            {"type":"array","items":{"type":"object","required":["id","total"],"properties":{"id":{"type":"string","pattern":"^ord_[0-9a-z]{8,32}$"},
            "total":{"type":"number","minimum":0,"multipleOf":0.01},"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true}},"unevaluatedProperties":false}}
            """);
        var data = "[" + string.Join(',', Enumerable.Range(0, 3_000).Select(n => $$"""{"id":"ord_0123456789ab","total":{{n}}.25,"tags":["a","b","{{n}}"]}""")) + "]";
        Assert.Empty(schema.Check(JsonElement.Parse(data)));
    }

    [Fact]
    public void At_most_fifty_faults_are_named()
    {
        var schema = JsonSchema.Parse("""{"items":{"type":"string"}}""");
        string Wrong(int count) => "[" + string.Join(',', Enumerable.Range(0, count)) + "]";
        Assert.Equal(SchemaLimits.FaultsMax - 1, schema.Check(JsonElement.Parse(Wrong(SchemaLimits.FaultsMax - 1))).Count);
        Assert.Equal(SchemaLimits.FaultsMax, schema.Check(JsonElement.Parse(Wrong(SchemaLimits.FaultsMax + 100))).Count);
    }

    [Fact]
    public void Numbers_are_exact_whatever_their_size()
    {
        var digits = "1" + new string('0', 298) + "7";
        var schema = JsonSchema.Parse($$"""{"type":"integer","maximum":{{digits}},"multipleOf":7}""");
        Assert.Equal("maximum", schema.Check(JsonElement.Parse(digits[..^1] + "8"))[0].Keyword);
        Assert.Empty(schema.Check(JsonElement.Parse("7e250")));
        Assert.Equal("multipleOf", Assert.Single(schema.Check(JsonElement.Parse("8e250"))).Keyword);
        Assert.Empty(JsonSchema.Parse("""{"multipleOf":0.01}""").Check(JsonElement.Parse("19.99")));
        Assert.Empty(JsonSchema.Parse("""{"multipleOf":7}""").Check(JsonElement.Parse("7e1000000000")));
        Assert.NotEmpty(JsonSchema.Parse("""{"multipleOf":7e1000000000}""").Check(JsonElement.Parse("7")));
    }

    [Fact]
    public void A_number_that_is_divided_has_a_bounded_number_of_digits()
    {
        var schema = JsonSchema.Parse("""{"multipleOf":3}""");
        Assert.Empty(schema.Check(JsonElement.Parse(new string('3', SchemaLimits.NumberDigitsMax))));
        Assert.Contains("more than 1000 digits", Assert.Single(schema.Check(JsonElement.Parse(new string('3', SchemaLimits.NumberDigitsMax + 1)))).Reason, StringComparison.Ordinal);
        Refused($$"""{"multipleOf":{{new string('3', SchemaLimits.NumberDigitsMax + 1)}}}""", "/multipleOf", "more than 1000 digits");
    }

    private static string Pattern(string pattern) => JsonSerializer.Serialize(new { pattern });

    private static void Accepted(string schema) => Assert.NotNull(JsonSchema.Parse(Parsed(schema)));

    private static void Refused(string schema, string path, string reason)
    {
        var refused = Assert.Throws<SchemaRefused>(() => JsonSchema.Parse(Parsed(schema)));
        Assert.Equal(path, refused.Path);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }

    private static void GivenUp(string schema, string data)
    {
        var fault = Assert.Single(JsonSchema.Parse(Parsed(schema)).Check(JsonElement.Parse(data)));
        Assert.Equal(("", "limit"), (fault.Path, fault.Keyword));
        Assert.Contains("more than 500000 steps", fault.Reason, StringComparison.Ordinal);
    }

    private static JsonElement Parsed(string json) => JsonElement.Parse(json, new() { MaxDepth = 200 });
}
