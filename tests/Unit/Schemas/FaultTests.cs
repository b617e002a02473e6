using System.Text.Json;
using EventMesh.Domain.Schemas;
using Xunit;

namespace EventMesh.Tests.Unit.Schemas;

/// <summary>What somebody reads whose data does not fit.</summary>
public class FaultTests
{
    [Theory]
    [InlineData("""{"type":["string","null"]}""", "7", "", "must be a string or null", "type")]
    [InlineData("""{"type":"integer"}""", "1.5", "", "must be an integer", "type")]
    [InlineData("""{"enum":["a",1]}""", "2", "", "must be one of \"a\", 1", "enum")]
    [InlineData("""{"const":{"a":1}}""", "2", "", "must be {\"a\":1}", "const")]
    [InlineData("""{"properties":{"a/b":{"items":{"minimum":0.5}}}}""", """{"a/b":[1,0]}""", "/a~1b/1", "must be at least 0.5", "minimum")]
    [InlineData("""{"required":["id"]}""", "{}", "", "must have the member 'id'", "required")]
    [InlineData("""{"additionalProperties":false}""", """{"x":1}""", "/x", "is not allowed here", "additionalProperties")]
    [InlineData("""{"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}}]}""", """{"a":1,"x":1}""", "/x", "is not allowed here", "unevaluatedProperties")]
    [InlineData("""{"minLength":1}""", "\"\"", "", "must have at least 1 character", "minLength")]
    [InlineData("""{"maxItems":2}""", "[1,2,3]", "", "must have at most 2 items", "maxItems")]
    [InlineData("""{"pattern":"^a"}""", "\"b\"", "", "must match ^a", "pattern")]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1.0]", "", "must have items that differ; item 2 was there before", "uniqueItems")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "1", "", "fits none of the 2 schemas of anyOf", "anyOf")]
    [InlineData("""{"oneOf":[{},{"type":"integer"}]}""", "1", "", "fits schemas 0 and 1 of oneOf, and may fit only one", "oneOf")]
    [InlineData("""{"not":{}}""", "1", "", "fits the schema of not", "not")]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", "/ab", "must have at most 1 character", "maxLength")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "", "must have the member 'b', because it has 'a'", "dependentRequired")]
    [InlineData("""{"contains":{"type":"string"}}""", "[1]", "", "must have at least 1 item that the schema of contains fits", "contains")]
    public void A_fault_says_where_what_and_by_which_keyword(string schema, string data, string path, string reason, string keyword) =>
        Assert.Equal(new SchemaFault(path, reason, keyword), Assert.Single(JsonSchema.Parse(schema).Check(JsonElement.Parse(data))));

    [Fact]
    public void Every_fault_is_named_not_only_the_first()
    {
        var schema = JsonSchema.Parse("""{"required":["a","b"],"properties":{"c":{"type":"string","minLength":2},"d":{"type":"array","items":{"type":"integer"}}}}""");
        var faults = schema.Check(JsonElement.Parse("""{"c":"x","d":[1,"2",null]}"""));
        Assert.Equal(["", "", "/c", "/d/1", "/d/2"], faults.Select(f => f.Path));
    }

    [Fact]
    public void A_format_is_an_annotation() => Assert.Empty(JsonSchema.Parse("""{"format":"email"}""").Check(JsonElement.Parse("\"nobody\"")));

    [Fact]
    public void A_schema_keeps_the_order_and_the_numbers_of_its_author() =>
        Assert.Equal("""{"type":"number","minimum":1e2,"$comment":"ü"}""", JsonSchema.Parse("""{ "type": "number", "minimum": 1e2, "$comment": "ü" }""").Json);
}
